// The engine's time for one recorded training step, tensors already in memory: STEP is its
// recomputation (forward, loss, derivatives and update: the rule training-step), EVERY RULE is that
// and what all other rules make of the step, its layer applications and its update, each layer and
// each update recomputed once more by itself. Usage: reference_step TRACE; prints medians.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "base/process.h"
#include "checks/session.h"
#include "model/convert.h"
#include "trace/reader.h"

namespace {

using namespace kerasan;

class Count : public checks::Verdicts {
 public:
  void agrees(const std::string&, std::uint64_t count) override { agreed += count; }
  void disagrees(checks::Finding) override { ++disagreed; }
  void not_checked(const std::string&, const std::string&, std::uint64_t count) override {
    unchecked += count;
  }
  void reset() { agreed = disagreed = unchecked = 0; }
  std::uint64_t agreed = 0, disagreed = 0, unchecked = 0;
};

using Clock = std::chrono::steady_clock;

// The recorded training step that an event is a part of; 0: none.
std::int64_t step_of(const model::Event& event) {
  const char* key = event.kind == "step" ? "id" : "step";
  if (event.kind != "step" && event.kind != "application" && event.kind != "update") return 0;
  if (event.kind == "step" && event.body.value("phase", "") != "train") return 0;
  const auto found = event.body.find(key);
  return found != event.body.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

double milliseconds_for(const std::vector<model::Event>& step, checks::Session& session) {
  const auto began = Clock::now();
  for (const model::Event& event : step) session.feed(event);
  return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

// A session's rules: all of them, or one.
std::vector<std::unique_ptr<checks::Rule>> rules(const std::string& only) {
  auto made = checks::make_rules();
  if (!only.empty())
    std::erase_if(made, [&](const auto& rule) { return rule->info().name != only; });
  if (made.empty()) throw std::logic_error("no rule " + only);
  return made;
}

// The median over rounds and steps, in milliseconds, with the claims of one round.
struct Cost {
  double milliseconds = 0;
  Count claims;
};

Cost measure(const std::vector<model::Event>& events, const model::TensorLookup& lookup,
             const std::string& rule) {
  constexpr int kRounds = 20;
  Cost cost;
  checks::Session session(lookup, cost.claims, rules(rule));
  std::map<std::int64_t, std::vector<model::Event>> steps;
  for (const model::Event& event : events) {
    session.feed(event);
    if (const std::int64_t step = step_of(event)) steps[step].push_back(event);
  }
  if (steps.empty()) throw std::runtime_error("no recorded step with layer applications");
  cost.claims.reset();
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round)
    for (const auto& [id, step] : steps) times.push_back(milliseconds_for(step, session));
  std::nth_element(times.begin(), times.begin() + std::ptrdiff_t(times.size() / 2), times.end());
  cost.milliseconds = times[times.size() / 2];
  for (std::uint64_t* count : {&cost.claims.agreed, &cost.claims.disagreed, &cost.claims.unchecked})
    *count /= kRounds;
  return cost;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) throw std::invalid_argument("usage: reference_step TRACE");
  prepare_process();
  auto reader = trace::TraceReader::open(argv[1]);
  std::map<std::string, Tensor> tensors;
  const model::TensorLookup lookup = [&](const std::string& digest) -> std::optional<Tensor> {
    const auto held = tensors.find(digest);
    if (held != tensors.end()) return held->second;
    const auto read = reader.tensor(digest);
    if (read) tensors.emplace(digest, *read);
    return read;
  };
  reader.set_final();
  std::vector<model::Event> events;
  while (auto record = reader.next()) events.push_back(model::to_event(std::move(record->body)));
  for (const std::string rule : {"training-step", ""}) {
    const Cost cost = measure(events, lookup, rule);
    std::printf("%s %.6f ms, %llu claims agree, %llu disagree, %llu not checked\n",
                rule.empty() ? "EVERY RULE" : "STEP", cost.milliseconds,
                static_cast<unsigned long long>(cost.claims.agreed),
                static_cast<unsigned long long>(cost.claims.disagreed),
                static_cast<unsigned long long>(cost.claims.unchecked));
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "reference_step: %s\n", error.what());
  return 1;
}
