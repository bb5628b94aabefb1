// Claim: the name that a layer gives its metric is in effect.
#include "checks/finding_text.h"
#include "checks/metric_names.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class MetricNameInEffect : public MetricNameRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "metric-name-in-effect", "wrong-parameter-setting", 2,
        "A layer or model of the program that hands a value to add_metric with a name finds that "
        "value under that name in the history of fit and in the result of evaluate: the argument "
        "is not exchanged with the name of another metric."};
    return info;
  }

 protected:
  bool concerns(const Json& metric) const override {
    const Json owner = metric.value("added_by", Json());
    return owner.is_object() && owner.value("builtin", Json()) == false;
  }
  std::string message(const Swapped& s, const model::Call& call) const override {
    return "What " + model::string_or(s.metric["added_by"], "class", "a layer") +
           " adds as metric \"" + s.name + "\" is reported by " + call.api +
           " under another name: " + s.name + " is " + number_text(s.held) + ", shown is " +
           number_text(s.shown) + ", the value of " + s.other + ".";
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<MetricNameInEffect>(); }};

}  // namespace
}  // namespace kerasan::checks
