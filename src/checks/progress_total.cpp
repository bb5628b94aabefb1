// Claim: what a progress line counts is what was done, and its total is all there is to do.
#include <map>

#include "checks/batch_counts.h"
#include "checks/call_arguments.h"
#include "checks/display.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

constexpr const char* kEndedEarly = "the loop may have been ended early";

class ProgressTotal : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "progress-total", "wrong-displayed-message", 1,
        "The last progress line of an epoch, an evaluation or a prediction counts the steps that "
        "were run, and its total is that number. The total is shown from the first line on where "
        "the steps were given or the dataset knows how many batches it has."};
    return info;
  }

  void join(Shared& shared) override {
    displays_ = shared.get<Displays>();
    counts_ = shared.get<BatchCounts>();
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    const Display* display = displays_->ended_by(event, run);
    const auto& loops = counts_->ended_by(event, run);
    if (event.kind != "return" || display == nullptr) return;
    const auto* call = run.call(event.pid, model::require_integer(event.body, "id"));
    if (call == nullptr || !call->error.empty()) return;
    judge(*display, *call, loops.value_or(Loops{}), verdicts);
  }

 private:
  void judge(const Display& display, const model::Call& call, const Loops& loops,
             Verdicts& verdicts) {
    if (const auto total = known_total(call); total && display.unknown() > 0) {
      return report(call, "a total shown as unknown", std::to_string(*total),
                    call.api + " shows its total as unknown, though there are " +
                        std::to_string(*total) + " batches to go through.",
                    verdicts);
    }
    for (const auto& epoch : display.epochs)
      if (epoch.last && !judge_epoch(epoch, call, loops, verdicts)) return;
  }

  // The steps that were asked for, or the batches that the dataset says it has.
  static std::optional<std::int64_t> known_total(const model::Call& call) {
    const bool fit = trains_epochs(call.api);
    const auto asked = integer_argument(call, fit ? "steps_per_epoch" : "steps");
    if (asked && *asked > 0) return asked;
    const Json& config = argument(call, "x").is_object()
                             ? argument(call, "x").value("config", Json::object())
                             : Json();
    if (!config.is_object()) return std::nullopt;
    const auto batches = model::optional_integer(config, "cardinality");
    return batches && *batches > 0 ? batches : std::nullopt;
  }

  bool judge_epoch(const ShownEpoch& epoch, const model::Call& call, const Loops& loops,
                   Verdicts& verdicts) {
    const ProgressLine& last = *epoch.last;
    const std::string shown =
        std::to_string(last.current) + "/" + (last.total ? std::to_string(*last.total) : "unknown");
    const auto& ran = trains_epochs(call.api) ? loops.train : loops.other;
    const auto steps = ran.find(epoch.header ? epoch.header->number - 1 : 0);
    const bool counted = loops.countable && !counts_->doubtful() && steps != ran.end();
    const bool filled = last.total && last.current == *last.total;
    if (counted && filled && steps->second < last.current &&
        !argument(call, "callbacks").is_null()) {
      // A callback may stop within an epoch; the bar is then filled, which nothing promises.
      verdicts.not_checked(info().name, kEndedEarly);
      return true;
    }
    if (last.unit == "step" && counted && steps->second != last.current) {
      report(call, shown, std::to_string(steps->second) + " steps",
             "The last progress line of " + call.api + " counts " + shown + " steps, but " +
                 std::to_string(steps->second) + " were run.",
             verdicts);
      return false;
    }
    if (!last.total || last.current >= *last.total) {  // beyond it: progress-bar-count
      verdicts.agrees(info().name);
      return true;
    }
    if (loops.ran_out || !argument(call, "callbacks").is_null()) {
      verdicts.not_checked(info().name, kEndedEarly);
      return true;
    }
    report(call, shown, std::to_string(last.current),
           "The progress line of " + call.api + " ends at " + shown +
               ", though the call came to its end.",
           verdicts);
    return false;
  }

  void report(const model::Call& call, const std::string& claimed, const std::string& so,
              const std::string& message, Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = claimed;
    finding.recomputed = so;
    finding.where = where_of(call);
    finding.message = message;
    finding.identity = place_of(call);
    verdicts.disagrees(std::move(finding));
  }

  std::shared_ptr<Displays> displays_;
  std::shared_ptr<BatchCounts> counts_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ProgressTotal>(); }};

}  // namespace
}  // namespace kerasan::checks
