// Claim: each row of a batch weighs what its class was given.
#include <cmath>

#include "checks/call_arguments.h"
#include "checks/class_weights.h"
#include "checks/display.h"
#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class ClassWeightApplied : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "class-weight-applied", "wrong-parameter-setting", 4,
        "With class_weight and no sample weights, every row of a training batch weighs what the "
        "class of its target was given. The class is the target itself, or the place of the one "
        "in a row of zeros."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "step" || model::string_or(event.body, "phase", "") != "train") return;
    const auto id = model::optional_integer(event.body, "call");
    const auto* call = id ? run.call(event.pid, *id) : nullptr;
    if (call == nullptr || !trains_epochs(call->api)) return;
    const auto weights = class_weights(argument(*call, "class_weight"));
    if (weights.empty()) return;
    const auto y = run.tensor(event.body.value("y", Json()));
    const Json recorded = event.body.value("sample_weight", Json());
    const auto held = run.tensor(recorded);
    const bool none = recorded.is_null() && tells_of_none(run);
    if (!y || (!held && !none) || !argument(*call, "sample_weight").is_null())
      return verdicts.not_checked(info().name, "targets or weights are not those of one output");
    const auto classes = classes_of(*y);
    // Without weights every row weighs the same.
    const auto given = held ? held->to_doubles() : std::vector<double>(classes.size(), 1.0);
    if (classes.empty() || given.size() != classes.size())
      return verdicts.not_checked(info().name, "targets that are not one class for each row");
    for (std::size_t row = 0; row < given.size(); ++row) {
      const auto due = weights.find(classes[row]);
      if (due == weights.end())
        return verdicts.not_checked(info().name, "a class without a weight");
      if (std::abs(given[row] - due->second) <= 0x1p-22 * std::abs(due->second)) continue;
      if (held && argument(*call, "y").is_null())
        return verdicts.not_checked(info().name, "the dataset may give weights of its own");
      return report(*call, row, classes[row], due->second, given[row], verdicts);
    }
    verdicts.agrees(info().name);
  }

 private:
  // These adapters record what the step function itself is given; in the loops of earlier releases
  // weights may be applied that no batch shows.
  static bool tells_of_none(const model::Run& run) {
    const std::string adapter = model::string_or(run.framework(), "adapter", "");
    return adapter == "keras2" || adapter == "keras3";
  }

  void report(const model::Call& call, std::size_t row, std::int64_t cls, double due, double held,
              Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = due;
    finding.recomputed = held;
    finding.bound = 0x1p-22 * std::abs(due);
    finding.where = where_of(call);
    finding.message = call.api + ": a row of class " + std::to_string(cls) + " weighs " +
                      number_text(held) + ", but class_weight gives it " + number_text(due) + ".";
    finding.evidence = {{"row of the batch", row}};
    finding.identity = place_of(call);
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ClassWeightApplied>(); }};

}  // namespace
}  // namespace kerasan::checks
