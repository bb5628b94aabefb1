// Claim: saved weights are numbers.
#include <cmath>

#include "base/finite.h"
#include "checks/file_rule.h"

namespace kerasan::checks {
namespace {

class SavedValuesFinite : public FileRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "saved-values-finite", "wrong-calculation", 4,
        "Every value of a saved weight, and of a saved state of the optimizer, must be finite. A "
        "model with NaN or infinity in a weight predicts nothing else."};
    return info;
  }

  void on_file(const SavedModel& model, Verdicts& verdicts) override {
    for (const formats::Weight& weight : model.file.weights) check(model, weight, verdicts);
    for (const formats::Weight& weight : model.file.optimizer_weights) {
      check(model, weight, verdicts);
    }
  }

 private:
  void check(const SavedModel& model, const formats::Weight& weight, Verdicts& verdicts) {
    if (!weight.dtype) {
      return verdicts.not_checked(info().name, "values of type " + weight.dtype_text);
    }
    if (all_finite(*weight.dtype, weight.bytes.span())) return verdicts.agrees(info().name);
    std::uint64_t not_a_number = 0, infinite = 0;
    formats::for_values(weight, [&](std::span<const double> values) {
      for (const double value : values) {
        not_a_number += std::isnan(value);
        infinite += std::isinf(value);
      }
    });
    Finding finding = file_finding(info(), model, weight.path);
    finding.claimed = std::to_string(not_a_number) + " NaN, " + std::to_string(infinite) +
                      " infinite of " + std::to_string(element_count(weight.shape)) + " values";
    finding.recomputed = "finite values";
    finding.message = "the weight " + weight.path + " holds " + finding.claimed.get<std::string>();
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SavedValuesFinite>(); }};

}  // namespace
}  // namespace kerasan::checks
