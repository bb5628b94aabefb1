// loss-value: a loss that the program calls itself gives its documented value.
#include "checks/measure_event.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/loss.h"
#include "reference/reduction.h"

namespace kerasan::checks {
namespace {

using model::Json;

class LossValue : public MeasureRule {
 public:
  LossValue() : MeasureRule("loss_value", "a loss of the program") {}
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "loss-value", "wrong-calculation", 4,
        "A built-in loss that the program calls itself, as in a training loop of its own, gives "
        "its documented value of the targets, predictions, sample weights and mask handed to it: "
        "the values of the rows by the formula of its class, weighted, and reduced as asked. The "
        "tolerance covers every order of evaluation in the precision of the loss."};
    return info;
  }

 private:
  void judge(const model::Event& event, const model::Run& run, const std::string& cls,
             Verdicts& verdicts) override {
    const Json& body = event.body;
    const auto skip = [&](const std::string& why) {
      verdicts.not_checked(info().name, cls + ": " + why);
    };
    const auto function = reference::find_loss(reference::canonical_loss(cls));
    if (function == nullptr) return skip("no reference for this loss");
    const DType precision = precision_of(body, run);
    const auto truth = cast_numbers(body.value("y_true", Json()), run, precision);
    const auto predicted = cast_numbers(body.value("y_pred", Json()), run, precision);
    if (!truth || !predicted) return skip("targets or predictions were not recorded");
    if (!is_float(precision)) return skip("a loss of integers");
    const Json config = plain_config(body, run);
    const std::string reduction = reduction_of(body, config);
    reference::Reduction how{reduction, {}, {}};
    for (auto [name, to] : {std::pair{"sample_weight", &how.weights}, {"mask", &how.mask}}) {
      const Json value = body.value(name, Json());
      if (value.is_null()) continue;
      *to = cast_numbers(value, run, precision);
      if (!*to) return skip(std::string(name) + " was not recorded");
    }
    const double u = unit_roundoff(precision);
    const auto reduced =
        reference::reduce(function({config, *truth, *predicted, precision, true}), how, u);
    if (reduced.not_checked) return skip(reduced.not_checked->reason);
    judge_measure(info(), event, run, reduced.accepted, u, verdicts);
  }

  static std::string reduction_of(const Json& body, const Json& config) {
    if (body.contains("function") && body["function"] == true) return "none";
    const auto it = config.find("reduction");
    if (it == config.end()) return "sum_over_batch_size";
    return it->is_string() ? it->get<std::string>() : "none";
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<LossValue>(); }};

}  // namespace
}  // namespace kerasan::checks
