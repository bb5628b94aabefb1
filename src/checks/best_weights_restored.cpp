// Claim: EarlyStopping with restore_best_weights leaves the weights of the best epoch.
#include <algorithm>
#include <cmath>
#include <map>

#include "checks/call_arguments.h"
#include "checks/callback_facts.h"
#include "checks/display.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;
using Weights = std::map<std::string, std::string>;  // variable: digest

Weights of_step(const Json& held) {
  Weights out;
  if (!held.is_object()) return out;
  for (const auto& [id, value] : held.items()) out[id] = model::string_or(value, "$tensor", "");
  return out;
}

class BestWeightsRestored : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "best-weights-restored", "wrong-parameter-setting", 4,
        "When EarlyStopping with restore_best_weights ends a fit, the model has the weights that "
        "were validated in the epoch with the best monitored number."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "step" && event.body.value("validation", Json()) == true) on_step(event);
    if (event.kind == "weights_at_end") on_end(event);
    if (event.kind != "return") return;
    const auto id = model::require_integer(event.body, "id");
    const auto node = open_.extract({event.pid, id});
    const auto* call = run.call(event.pid, id);
    if (!node.empty() && call != nullptr && call->error.empty() && trains_epochs(call->api))
      judge(*call, node.mapped(), run, verdicts);
  }

 private:
  struct Open {
    std::map<std::int64_t, Weights> validated;  // by epoch, from 0
    std::optional<Weights> end;
  };
  static constexpr std::size_t kCallsKept = 20, kEpochsKept = 1000, kWeightsKept = 200;

  Open* open(const model::Event& event) {
    const auto call = model::optional_integer(event.body, "call");
    if (!call || (!open_.contains({event.pid, *call}) && open_.size() >= kCallsKept))
      return nullptr;
    return &open_[{event.pid, *call}];
  }

  void on_step(const model::Event& event) {
    const auto epoch = model::optional_integer(event.body, "epoch");
    const Json held = event.body.value("weights", Json());
    Open* of = epoch && held.size() <= kWeightsKept ? open(event) : nullptr;
    if (of != nullptr && of->validated.size() < kEpochsKept)
      of->validated.try_emplace(*epoch, of_step(held));
  }

  void on_end(const model::Event& event) {
    const Json values = event.body.value("values", Json());
    Open* of = values.is_array() ? open(event) : nullptr;
    if (of == nullptr) return;
    of->end.emplace();
    for (const Json& value : values)
      (*of->end)[model::string_or(value, "id", "")] = model::string_or(value, "digest", "");
  }

  // The epoch, from 0 of this fit, that improved last; nullopt where the logs do not tell.
  static std::optional<std::size_t> best_epoch(const GivenCallback& stopping,
                                               const std::vector<double>& monitored) {
    const auto delta = stopping.number("min_delta");
    const Direction direction = direction_of(stopping);
    if (!delta || direction == Direction::kUnknown || stopping.number("baseline") ||
        stopping.number("start_from_epoch").value_or(0) != 0)
      return std::nullopt;
    Improvement improvement(direction, *delta);
    std::optional<std::size_t> at;
    for (std::size_t epoch = 0; epoch < monitored.size(); ++epoch) {
      const auto better = improvement.take(monitored[epoch]);
      if (!better) return std::nullopt;
      if (*better) at = epoch;
    }
    return at;
  }

  void judge(const model::Call& call, const Open& held, const model::Run& run, Verdicts& verdicts) {
    const auto callbacks = callbacks_of(call);
    if (!callbacks || !held.end) return;
    const auto stopping = std::ranges::find_if(*callbacks, [](const GivenCallback& one) {
      return one.settings.value("restore_best_weights", Json()) == true;
    });
    if (stopping == callbacks->end() || stopping->cls != "EarlyStopping") return;
    const auto ran = epochs_run(call);
    const auto asked = integer_argument(call, "epochs");
    const auto first = integer_argument(call, "initial_epoch").value_or(0);
    // Whether a fit that was not ended early restores too differs between releases.
    if (!ran || !asked || static_cast<std::int64_t>(*ran) >= *asked - first ||
        !std::ranges::all_of(*callbacks, [](const GivenCallback& one) { return one.builtin; }))
      return verdicts.not_checked(info().name, "EarlyStopping did not end the fit");
    const auto monitored = history_of(call, stopping->text("monitor"), run);
    const auto best = monitored ? best_epoch(*stopping, *monitored) : std::nullopt;
    if (!best) return verdicts.not_checked(info().name, "the best epoch is not known");
    const auto validated = held.validated.find(first + static_cast<std::int64_t>(*best));
    if (validated == held.validated.end() || !comparable(validated->second, *held.end))
      return verdicts.not_checked(info().name, "the weights of the best epoch were not recorded");
    if (same(validated->second, *held.end)) return verdicts.agrees(info().name);
    report(call, *stopping, *best + static_cast<std::size_t>(first), held, verdicts);
  }

  static bool comparable(const Weights& one, const Weights& end) {
    return !one.empty() && std::ranges::all_of(one, [&](const auto& held) {
      const auto other = end.find(held.first);
      return !held.second.empty() && other != end.end() && !other->second.empty();
    });
  }

  // Of those that are comparable.
  static bool same(const Weights& one, const Weights& end) {
    return std::ranges::all_of(one,
                               [&](const auto& held) { return end.at(held.first) == held.second; });
  }

  void report(const model::Call& call, const GivenCallback& stopping, std::size_t best,
              const Open& held, Verdicts& verdicts) {
    std::string so = "others";
    for (const auto& [epoch, weights] : held.validated)
      if (comparable(weights, *held.end) && same(weights, *held.end))
        so = "those of epoch " + std::to_string(epoch + 1);
    verdicts.disagrees(
        finding_of_callback(info(), call, stopping,
                            "the weights of epoch " + std::to_string(best + 1) + " are restored",
                            "the model has " + so));
  }

  std::map<std::pair<std::int64_t, std::int64_t>, Open> open_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<BestWeightsRestored>(); }};

}  // namespace
}  // namespace kerasan::checks
