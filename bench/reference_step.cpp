// The engine's time for one recorded training step through every rule: its layer applications, the
// step itself and its update, tensors already in memory. Usage: reference_step TRACE; prints the
// median in milliseconds.
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

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) throw std::invalid_argument("usage: reference_step TRACE");
  prepare_process();
  auto reader = trace::TraceReader::open(argv[1]);
  std::map<std::string, Tensor> tensors;
  Count count;
  checks::Session session(
      [&](const std::string& digest) -> std::optional<Tensor> {
        const auto held = tensors.find(digest);
        if (held != tensors.end()) return held->second;
        const auto read = reader.tensor(digest);
        if (read) tensors.emplace(digest, *read);
        return read;
      },
      count);
  reader.set_final();
  std::map<std::int64_t, std::vector<model::Event>> steps;
  while (auto record = reader.next()) {
    model::Event event = model::to_event(std::move(record->body));
    session.feed(event);
    if (const std::int64_t step = step_of(event)) steps[step].push_back(std::move(event));
  }
  if (steps.empty()) throw std::runtime_error("no recorded step with layer applications");
  std::vector<double> times;
  const Count before = count;
  for (int round = 0; round < 20; ++round)
    for (const auto& [id, step] : steps) times.push_back(milliseconds_for(step, session));
  std::nth_element(times.begin(), times.begin() + std::ptrdiff_t(times.size() / 2), times.end());
  std::printf("REFERENCE %.6f ms, %llu claims agree, %llu disagree, %llu not checked\n",
              times[times.size() / 2],
              static_cast<unsigned long long>((count.agreed - before.agreed) / 20),
              static_cast<unsigned long long>((count.disagreed - before.disagreed) / 20),
              static_cast<unsigned long long>((count.unchecked - before.unchecked) / 20));
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "reference_step: %s\n", error.what());
  return 1;
}
