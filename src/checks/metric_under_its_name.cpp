// Claim: the value reported under a metric's name is that metric's value.
#include "checks/finding_text.h"
#include "checks/metric_names.h"

namespace kerasan::checks {
namespace {

class MetricUnderItsName : public MetricNameRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "metric-under-its-name", "wrong-displayed-message", 2,
        "When fit or evaluate returns, each metric still holds the total and the count of its "
        "last loop. Their ratio is what the last epoch of the history, or the result of the "
        "evaluation, reports under the name of that metric, and not under another one."};
    return info;
  }

 protected:
  bool concerns(const model::Json&) const override { return true; }
  std::string message(const Swapped& s, const model::Call& call) const override {
    return call.api + " reports " + s.name + " " + number_text(s.shown) +
           ", which is the value of the metric " + s.other + "; " + s.name + " holds " +
           number_text(s.held) + ".";
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<MetricUnderItsName>(); }};

}  // namespace
}  // namespace kerasan::checks
