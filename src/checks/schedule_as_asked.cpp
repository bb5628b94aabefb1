// Claim: LearningRateScheduler sets what the schedule gives for the epoch.
#include <algorithm>
#include <cmath>
#include <map>

#include "checks/call_arguments.h"
#include "checks/callback_facts.h"
#include "checks/display.h"
#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class ScheduleAsAsked : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "schedule-as-asked", "wrong-parameter-setting", 3,
        "LearningRateScheduler asks its schedule at the beginning of each epoch, with the index of "
        "that epoch, and the history tells for the epoch the learning rate that it was given."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "scheduled") return on_epoch(event, run, verdicts);
    if (event.kind != "return") return;
    const auto node = rates_.extract({event.pid, model::require_integer(event.body, "id")});
    if (node.empty()) return;
    const auto* call = run.call(node.key().first, node.key().second);
    if (call != nullptr && call->error.empty()) judge(*call, node.mapped(), run, verdicts);
  }

 private:
  using Key = std::pair<std::int64_t, std::int64_t>;
  struct Given {
    std::int64_t epoch = 0;
    double rate = 0;
  };
  static constexpr std::size_t kCallsKept = 100, kEpochsKept = 10000;

  void on_epoch(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    const auto id = model::optional_integer(event.body, "call");
    const auto epoch = model::optional_integer(event.body, "epoch");
    const auto* call = id ? run.call(event.pid, *id) : nullptr;
    const Json* asked = model::find_field(event.body, "asked");
    if (call == nullptr || !epoch || asked == nullptr || !asked->is_array()) return;
    if (asked->empty())
      return report(*call, *epoch, "the schedule was not asked", "it is asked each epoch",
                    verdicts);
    const auto with = model::optional_integer(asked->back(), "epoch");
    if (with && *with != *epoch)
      return report(*call, *epoch, "the schedule was asked for epoch " + std::to_string(*with),
                    "that is epoch " + std::to_string(*epoch), verdicts);
    const Key key{event.pid, *id};
    if (!rates_.contains(key) && rates_.size() >= kCallsKept) return;
    auto& rates = rates_[key];
    if (rates.size() < kEpochsKept)
      rates.push_back({*epoch, model::number_or(asked->back(), "rate", NAN)});
  }

  void judge(const model::Call& call, const std::vector<Given>& given, const model::Run& run,
             Verdicts& verdicts) const {
    const auto callbacks = callbacks_of(call);
    if (!callbacks || !alone(*callbacks))
      return verdicts.not_checked(info().name, "another callback may set the learning rate");
    const auto held = rates_of(call, run);
    if (!held || held->size() != given.size())
      return verdicts.not_checked(info().name, "the rates of the epochs are not known");
    for (std::size_t k = 0; k < given.size(); ++k) {
      if (same_rate((*held)[k], given[k].rate)) {
        verdicts.agrees(info().name);
        continue;
      }
      return report(call, given[k].epoch, "the learning rate was " + number_text((*held)[k]),
                    "the schedule gave " + number_text(given[k].rate), verdicts);
    }
  }

  static bool alone(const std::vector<GivenCallback>& callbacks) {
    std::size_t schedulers = 0;
    for (const GivenCallback& one : callbacks) {
      if (!one.builtin || one.cls == "LambdaCallback" || one.cls == "ReduceLROnPlateau")
        return false;
      schedulers += one.cls == "LearningRateScheduler" ? 1 : 0;
    }
    return schedulers == 1;
  }

  void report(const model::Call& call, std::int64_t epoch, const std::string& claimed,
              const std::string& so, Verdicts& verdicts) const {
    Finding finding = finding_of(info());
    finding.claimed = claimed;
    finding.recomputed = so;
    finding.where = where_of(call);
    finding.where["epoch"] = epoch;
    finding.message = "LearningRateScheduler: in epoch " + std::to_string(epoch) + " (from 0) " +
                      claimed + ", but " + so + ".";
    finding.identity = place_of(call);
    verdicts.disagrees(std::move(finding));
  }

  std::map<Key, std::vector<Given>> rates_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ScheduleAsAsked>(); }};

}  // namespace
}  // namespace kerasan::checks
