// Rule batch-logs-one-kind.
#include <algorithm>
#include <cmath>

#include "checks/display.h"
#include "checks/evaluation_watch.h"
#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

bool holds(const std::vector<Claim>& claims, const std::string& name, double value) {
  for (const Claim& claim : claims) {
    if (claim.name != name || !claim.unchecked.empty()) continue;
    if (claim.plain_mean && std::abs(*claim.plain_mean - value) <= 0x1p-20 * std::abs(value))
      return true;
    for (const Candidate& c : claim.candidates)
      if (c.range.contains(value)) return true;
  }
  return false;
}

class BatchLogsOneKind : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "batch-logs-one-kind", "wrong-calculation", 2,
        "The numbers that a callback of the program is told after a training batch are of one "
        "kind: "
        "all of that batch alone, or all of the epoch so far. Loss and metrics are recomputed both "
        "ways from the recorded batches of the epoch."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    try {
      if (event.kind == "application") watch_.on_event(event, run);
      if (event.kind == "step" && model::string_or(event.body, "phase", "") == "train")
        take_batch(event, run);
      if (event.kind == "batch_logs") judge(event, run, verdicts);
    } catch (const std::exception& error) {
      known_ = false;
      verdicts.not_checked(info().name, std::string("unreadable event: ") + error.what());
    }
  }

 private:
  void take_batch(const model::Event& event, const model::Run& run) {
    const Json place =
        Json::array({event.pid, event.body.value("call", Json()), event.body.value("model", Json()),
                     event.body.value("epoch", Json())});
    const auto index = model::optional_integer(event.body, "index").value_or(-1);
    const bool first = place != place_;
    // The batches of an epoch count on from those of the last one.
    known_ = first ? begins(event.body) : known_ && index == index_ + 1;
    place_ = place, index_ = index, step_ = event.body.value("id", Json());
    batches_ = first ? 1 : batches_ + 1;
    std::tie(alone_, so_far_) = watch_.batch_of_epoch(event.body, first, run);
  }

  // Whether the first recorded batch of an epoch is its first one.
  bool begins(const Json& body) const {
    return model::optional_integer(body, "index") == 0 ||
           body.value("metric_state_reset", Json()) == Json(true);
  }

  void judge(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    if (!known_ || batches_ < 2) return;  // one batch is the epoch so far
    const Json logs = event.body.value("logs", Json::object());
    std::string of_batch, of_epoch;
    for (const auto& [name, number] : logs.items()) {
      if (!number.is_number()) continue;
      const bool batch = holds(alone_, name, number), epoch = holds(so_far_, name, number);
      if (batch != epoch) (batch ? of_batch : of_epoch) = name;
    }
    if (of_batch.empty() && of_epoch.empty())
      return verdicts.not_checked(info().name, "numbers that cannot be told apart");
    if (of_batch.empty() || of_epoch.empty()) return verdicts.agrees(info().name);
    const auto* call =
        run.call(event.pid, model::optional_integer(event.body, "call").value_or(-1));
    if (call == nullptr) return;
    Finding finding = finding_of(info());
    finding.claimed = {{of_batch, logs[of_batch]}, {of_epoch, logs[of_epoch]}};
    finding.recomputed = of_batch + " of the batch alone, " + of_epoch + " of the epoch so far";
    finding.where = where_of(*call);
    finding.where["step"] = step_;
    finding.message = "The logs that a callback gets after batch " + std::to_string(batches_) +
                      " of an epoch mix two kinds: " + of_batch + " " +
                      number_text(logs[of_batch]) + " is that of the batch alone, " + of_epoch +
                      " " + number_text(logs[of_epoch]) + " that of the epoch so far.";
    finding.identity = call->api + "|" + of_batch + "|" + of_epoch;
    verdicts.disagrees(std::move(finding));
  }

  EvaluationWatch watch_;
  Json place_, step_;  // of the last batch
  std::int64_t index_ = -1, batches_ = 0;
  bool known_ = false;
  std::vector<Claim> alone_, so_far_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<BatchLogsOneKind>(); }};

}  // namespace
}  // namespace kerasan::checks
