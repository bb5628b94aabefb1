// Claim: ReduceLROnPlateau reduces when, and only when, its arguments say so.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "checks/call_arguments.h"
#include "checks/callback_facts.h"
#include "checks/display.h"
#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

class PlateauAsAsked : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "plateau-as-asked", "wrong-parameter-setting", 3,
        "ReduceLROnPlateau multiplies the learning rate by its factor after `patience` epochs in "
        "which the monitored number did not improve by min_delta, and does nothing once the rate "
        "is min_lr. The logged rates are recomputed from the logged numbers; a reduction that is "
        "announced is one."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "text") return on_text(event, run);
    if (event.kind != "return") return;
    const auto id = model::require_integer(event.body, "id");
    const auto node = announced_.extract({event.pid, id});
    const auto* call = run.call(event.pid, id);
    if (call == nullptr || !trains_epochs(call->api) || !call->error.empty()) return;
    const auto callbacks = callbacks_of(*call);
    if (!callbacks) return;
    const auto plateau = std::ranges::find_if(*callbacks, [](const GivenCallback& callback) {
      return callback.cls == "ReduceLROnPlateau" && callback.builtin;
    });
    if (plateau == callbacks->end()) return;
    if (std::ranges::any_of(*callbacks, [&](const GivenCallback& callback) {
          return &callback != &*plateau && (!callback.builtin || touches_rate(callback.cls));
        }))
      return verdicts.not_checked(info().name, "another callback may set the learning rate");
    judge(*call, *plateau, node.empty() ? Announced{} : node.mapped(), run, verdicts);
  }

 private:
  using Announced = std::map<std::int64_t, double>;  // epoch, from 1: the new rate
  static constexpr std::size_t kCallsKept = 100, kLinesKept = 10000;

  static bool touches_rate(const std::string& cls) {
    return cls == "ReduceLROnPlateau" || cls == "LearningRateScheduler" || cls == "LambdaCallback";
  }

  // "Epoch 00003: ReduceLROnPlateau reducing learning rate to 0.001."
  void on_text(const model::Event& event, const model::Run&) {
    const auto call = model::optional_integer(event.body, "call");
    if (!call || model::string_or(event.body, "stream", "") != "stdout" ||
        model::string_or(event.body, "origin", "") != "framework")
      return;
    const std::string text = model::string_or(event.body, "text", "");
    const auto at = text.find("Epoch ");
    const std::string_view says = "ReduceLROnPlateau reducing learning rate to ";
    const auto to = text.find(says);
    if (at == std::string::npos || to == std::string::npos) return;
    if (!announced_.contains({event.pid, *call}) && announced_.size() >= kCallsKept) return;
    Announced& lines = announced_[{event.pid, *call}];
    if (lines.size() < kLinesKept)
      lines[std::atoll(text.c_str() + at + 6)] = std::atof(text.c_str() + to + says.size());
  }

  void judge(const model::Call& call, const GivenCallback& plateau, const Announced& announced,
             const model::Run& run, Verdicts& verdicts) {
    const auto rates = rates_of(call, run);
    const auto first = integer_argument(call, "initial_epoch").value_or(0);
    if (!rates || rates->empty())
      return verdicts.not_checked(info().name, "the learning rates are not logged");
    for (const auto& [epoch, rate] : announced) {
      const auto index = epoch - first - 1;
      if (index < 0 || index >= static_cast<std::int64_t>(rates->size())) continue;
      const double held = (*rates)[static_cast<std::size_t>(index)];
      if (rate < held && !same_rate(rate, held)) {
        verdicts.agrees(info().name);
        continue;
      }
      return report(call,
                    "a reduction to " + number_text(rate) + " after epoch " + std::to_string(epoch),
                    "the rate was " + number_text(held) + " already", plateau, verdicts);
    }
    const auto monitored = history_of(call, plateau.text("monitor"), run);
    if (!monitored || direction_of(plateau) == Direction::kUnknown)
      return verdicts.not_checked(info().name, "the monitored number is not known");
    recompute(call, plateau, *monitored, *rates, verdicts);
  }

  void recompute(const model::Call& call, const GivenCallback& plateau,
                 const std::vector<double>& monitored, const std::vector<double>& rates,
                 Verdicts& verdicts) {
    const auto factor = plateau.number("factor"), patience = plateau.number("patience"),
               delta = plateau.number("min_delta"), floor = plateau.number("min_lr"),
               cooldown = plateau.number("cooldown");
    if (!factor || !patience || !delta || !floor || !cooldown || *patience < 1)
      return verdicts.not_checked(info().name, "arguments of the callback are not known");
    if (*cooldown != 0) return cool_down(call, plateau, monitored, rates, verdicts);
    Improvement improvement(direction_of(plateau), *delta);
    double waited = 0;
    for (std::size_t epoch = 0; epoch + 1 < rates.size(); ++epoch) {
      const auto better = improvement.take(monitored[epoch]);
      if (!better)
        return verdicts.not_checked(info().name, "an improvement too near to min_delta to tell");
      double due = rates[epoch];
      if (*better) {
        waited = 0;
      } else if (++waited >= *patience) {
        if (due > *floor && !same_rate(due, *floor)) {
          due = std::max(due * *factor, *floor);
          waited = 0;
        }
      }
      if (same_rate(due, rates[epoch + 1])) {
        verdicts.agrees(info().name);
        continue;
      }
      return report(call,
                    "a rate of " + number_text(due) + " in epoch " + std::to_string(epoch + 2),
                    number_text(rates[epoch + 1]), plateau, verdicts);
    }
  }

  // Whether the epoch in which a cooldown ends counts for patience is not documented: both readings
  // keep the epochs before it free of reductions, and neither waits longer than the two together.
  void cool_down(const model::Call& call, const GivenCallback& plateau,
                 const std::vector<double>& monitored, const std::vector<double>& rates,
                 Verdicts& verdicts) {
    const auto cooldown = static_cast<std::size_t>(std::max(*plateau.number("cooldown"), 0.0)),
               patience = static_cast<std::size_t>(*plateau.number("patience"));
    const double floor = *plateau.number("min_lr");
    Improvement improvement(direction_of(plateau), *plateau.number("min_delta"));
    std::size_t still = 0;  // epochs since the last improvement or reduction
    std::optional<std::size_t> reduced;
    for (std::size_t epoch = 0; epoch + 1 < rates.size(); ++epoch) {
      const auto improved = improvement.take(monitored[epoch]);
      if (!improved)
        return verdicts.not_checked(info().name, "an improvement too near to min_delta to tell");
      if (*improved && reduced && epoch - *reduced <= cooldown)
        return verdicts.not_checked(info().name, "what an improvement in a cooldown changes");
      still = *improved ? 0 : still + 1;
      const std::string at = " after epoch " + std::to_string(epoch + 1);
      if (rates[epoch + 1] < rates[epoch] && !same_rate(rates[epoch + 1], rates[epoch])) {
        if (still < (reduced ? std::max(cooldown, patience) : patience))
          return report(call, "no reduction before cooldown and patience are over",
                        "there was one" + at + ", " + std::to_string(still) +
                            " after the last improvement or reduction",
                        plateau, verdicts);
        reduced = epoch;
        still = 0;
      } else if (still >= cooldown + patience && rates[epoch] > floor &&
                 !same_rate(rates[epoch], floor)) {
        return report(call, "a reduction once cooldown and patience are over",
                      "there was none" + at + ", " + std::to_string(still) +
                          " after the last improvement or reduction",
                      plateau, verdicts);
      }
      verdicts.agrees(info().name);
    }
  }

  void report(const model::Call& call, const std::string& claimed, const std::string& so,
              const GivenCallback& plateau, Verdicts& verdicts) {
    verdicts.disagrees(finding_of_callback(info(), call, plateau, claimed, so));
  }

  std::map<std::pair<std::int64_t, std::int64_t>, Announced> announced_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<PlateauAsAsked>(); }};

}  // namespace
}  // namespace kerasan::checks
