// Claim: EarlyStopping ends a fit when, and only when, its arguments say so.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "checks/call_arguments.h"
#include "checks/callback_facts.h"
#include "checks/display.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

// Callbacks of the framework that never end a fit.
constexpr std::array kNeverStops{"ModelCheckpoint", "History",           "CSVLogger",
                                 "TensorBoard",     "ReduceLROnPlateau", "LearningRateScheduler",
                                 "ProgbarLogger",   "EarlyStopping"};

class EarlyStoppingAsAsked : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "early-stopping-as-asked", "wrong-parameter-setting", 3,
        "EarlyStopping ends a fit after `patience` epochs in a row in which the monitored number "
        "did not improve on the best one by min_delta, and not before. The epoch at which it is "
        "due is recomputed from the history that fit returns."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "text") return on_text(event);
    if (event.kind != "return") return;
    const auto id = model::require_integer(event.body, "id");
    const bool ran_out = ran_out_.erase({event.pid, id}) > 0;
    const auto* call = run.call(event.pid, id);
    if (call == nullptr || !trains_epochs(call->api) || !call->error.empty()) return;
    const auto callbacks = callbacks_of(*call);
    if (!callbacks) return;
    const auto stopping = std::ranges::find_if(*callbacks, [](const GivenCallback& callback) {
      return callback.cls == "EarlyStopping" && callback.builtin;
    });
    if (stopping == callbacks->end()) return;
    const bool alone = !ran_out && std::ranges::all_of(*callbacks, [&](const auto& callback) {
      return callback.builtin &&
             std::ranges::find(kNeverStops, callback.cls) != kNeverStops.end() &&
             (callback.cls != "EarlyStopping" || &callback == &*stopping);
    });
    judge(*call, *stopping, alone, run, verdicts);
  }

 private:
  static constexpr std::size_t kCallsKept = 100;

  void on_text(const model::Event& event) {
    const auto call = model::optional_integer(event.body, "call");
    if (call && ran_out_.size() < kCallsKept &&
        model::string_or(event.body, "text", "").find("ran out of data") != std::string::npos)
      ran_out_.insert({event.pid, *call});
  }

  // The number of epochs after which to stop, 0 if never; nullopt where it cannot be told.
  static std::optional<std::size_t> due(const GivenCallback& stopping,
                                        const std::vector<double>& monitored) {
    const auto patience = stopping.number("patience"), delta = stopping.number("min_delta");
    if (!patience || !delta || *patience < 1 || stopping.number("baseline") ||
        stopping.number("start_from_epoch").value_or(0) != 0)
      return std::nullopt;
    const Direction direction = direction_of(stopping);
    if (direction == Direction::kUnknown) return std::nullopt;
    Improvement improvement(direction, *delta);
    double waited = 0;
    for (std::size_t epoch = 0; epoch < monitored.size(); ++epoch) {
      const auto better = improvement.take(monitored[epoch]);
      if (!better) return std::nullopt;
      waited = *better ? 0 : waited + 1;
      if (waited >= *patience) return epoch + 1;
    }
    return 0;
  }

  void judge(const model::Call& call, const GivenCallback& stopping, bool alone,
             const model::Run& run, Verdicts& verdicts) {
    const auto monitored = history_of(call, stopping.text("monitor"), run);
    const auto ran = epochs_run(call);
    const auto asked = integer_argument(call, "epochs");
    const auto stop = monitored ? due(stopping, *monitored) : std::nullopt;
    if (!ran || !stop || !asked)
      return verdicts.not_checked(info().name, "when to stop does not follow from the history");
    const bool whole = static_cast<std::int64_t>(*ran) ==
                       *asked - integer_argument(call, "initial_epoch").value_or(0);
    if (*stop == *ran || (*stop == 0 && whole)) return verdicts.agrees(info().name);
    if (*stop == 0 && !alone)
      return verdicts.not_checked(info().name, "something else may have ended the fit");
    const std::string expected =
        *stop == 0 ? "no reason to stop" : "a stop after " + std::to_string(*stop) + " epochs";
    Finding finding = finding_of(info());
    finding.claimed = expected;
    finding.recomputed = std::to_string(*ran) + " epochs were run";
    finding.where = where_of(call);
    finding.message = "EarlyStopping with patience " + stopping.settings["patience"].dump() +
                      " on " + stopping.text("monitor") + ": the history gives " + expected +
                      ", but " + std::to_string(*ran) + " epochs were run.";
    finding.evidence = {{"settings", stopping.settings}};
    finding.identity = place_of(call);
    verdicts.disagrees(std::move(finding));
  }

  std::set<std::pair<std::int64_t, std::int64_t>> ran_out_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<EarlyStoppingAsAsked>(); }};

}  // namespace
}  // namespace kerasan::checks
