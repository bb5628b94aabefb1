// Claim: with class_weight and sample_weight, a row weighs the product of both.
#include <algorithm>
#include <cmath>
#include <vector>

#include "checks/call_arguments.h"
#include "checks/class_weights.h"
#include "checks/display.h"
#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// Casts of both factors to single precision, and the rounding of their product.
constexpr double kRounding = 0x1p-22;

class RowWeightsMultiplied : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "row-weights-multiplied", "wrong-calculation", 4,
        "With class_weight and sample_weight, the weight of every row of a training batch is that "
        "of "
        "its class times one of the sample weights given. Which row is at which place need not be "
        "known: a weight that no sample weight explains is wrong."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "step" || model::string_or(event.body, "phase", "") != "train") return;
    const auto id = model::optional_integer(event.body, "call");
    const auto* call = id ? run.call(event.pid, *id) : nullptr;
    if (call == nullptr) return;
    const auto weights = class_weights(argument(*call, "class_weight"));
    const Json& asked = argument(*call, "sample_weight");
    if (weights.empty() || asked.is_null()) return;
    const auto given = run.tensor(asked), y = run.tensor(event.body.value("y", Json())),
               held = run.tensor(event.body.value("sample_weight", Json()));
    if (!given || !y || !held || given->shape().size() != 1)
      return verdicts.not_checked(info().name, "targets or weights are not those of one output");
    const auto classes = classes_of(*y);
    const auto rows = held->to_doubles();
    if (classes.empty() || rows.size() != classes.size())
      return verdicts.not_checked(info().name, "targets that are not one class for each row");
    auto choices = given->to_doubles();
    std::sort(choices.begin(), choices.end());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto due = weights.find(classes[row]);
      if (due == weights.end())
        return verdicts.not_checked(info().name, "a class without a weight");
      const double nearest = nearest_product(choices, due->second, rows[row]);
      if (std::abs(rows[row] - nearest) > kRounding * std::abs(nearest))
        return report(event, *call, row, classes[row], *due, nearest, rows[row], verdicts);
    }
    verdicts.agrees(info().name);
  }

 private:
  // Of the products of `factor` with the choices, which are sorted, the one nearest to `value`.
  static double nearest_product(const std::vector<double>& choices, double factor, double value) {
    if (factor == 0 || choices.empty()) return 0;
    auto above = std::lower_bound(choices.begin(), choices.end(), value / factor);
    if (above == choices.end()) --above;
    if (above == choices.begin()) return factor * *above;
    const double high = factor * *above, low = factor * *(above - 1);
    return std::abs(value - high) < std::abs(value - low) ? high : low;
  }

  void report(const model::Event& event, const model::Call& call, std::size_t row, std::int64_t cls,
              const std::pair<const std::int64_t, double>& weight, double nearest, double held,
              Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = held;
    finding.recomputed = nearest;
    finding.bound = kRounding * std::abs(nearest);
    finding.where = where_of(call);
    finding.where["step"] = event.body.value("id", Json());
    finding.message = call.api + ": a row of class " + std::to_string(cls) + " weighs " +
                      number_text(held) + ", which is not its class weight " +
                      number_text(weight.second) +
                      " times any of the sample weights given; the nearest such product is " +
                      number_text(nearest) + ".";
    finding.evidence = {{"row of the batch", row}};
    finding.identity = place_of(call);
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<RowWeightsMultiplied>(); }};

}  // namespace
}  // namespace kerasan::checks
