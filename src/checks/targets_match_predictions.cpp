// Claim: a loss compares each target with its own prediction; none is repeated for others.
#include <algorithm>
#include <set>

#include "checks/evaluation_compile.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/loss.h"

namespace kerasan::checks {
namespace {

using model::Json;

// Losses whose documentation gives targets and predictions the same shape.
bool elementwise(const std::string& loss) {
  static const std::set<std::string> names{"MeanSquaredError",
                                           "MeanAbsoluteError",
                                           "MeanAbsolutePercentageError",
                                           "MeanSquaredLogarithmicError",
                                           "BinaryCrossentropy",
                                           "CategoricalCrossentropy",
                                           "Huber",
                                           "LogCosh",
                                           "Poisson",
                                           "KLDivergence",
                                           "Hinge",
                                           "SquaredHinge"};
  return names.contains(loss);
}

// The same numbers of the same rows: equal but for one last axis of length one.
bool same(Shape a, Shape b) {
  if (a.size() < b.size()) std::swap(a, b);
  if (a.size() == b.size() + 1 && a.back() == 1) a.pop_back();
  return a == b;
}

// Aligned from the last axis, as broadcasting does.
bool broadcast(const Shape& a, const Shape& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const auto of_a = a[a.size() - 1 - i], of_b = b[b.size() - 1 - i];
    if (of_a != of_b && of_a != 1 && of_b != 1) return false;
  }
  return true;
}

class TargetsMatchPredictions : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "targets-match-predictions", "wrong-shape", 4,
        "A loss of Keras that is defined for targets and predictions of one shape is given such, "
        "up to a last axis of length one. Targets of another shape that can be broadcast are "
        "compared with predictions that are not theirs, and nothing is said."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "step") step(event, run, verdicts);
    if (event.kind == "loss_value") loss(event, run, verdicts);
  }

 private:
  void step(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    if (model::string_or(event.body, "phase", "") == "predict") return;
    const auto* model = run.model(event.pid, model::string_or(event.body, "model", ""));
    const Json y = event.body.value("y", Json()), told = event.body.value("predictions", Json());
    if (run.tensors(y).empty() || run.tensors(told).empty()) return;  // no claim is told
    const StepOutputs outputs = outputs_of(told);
    const auto spec =
        model == nullptr ? std::nullopt : compile_spec(model->raw, outputs.count, outputs.names);
    if (!spec || !not_by_output(y, outputs, spec->outputs).empty())
      return verdicts.not_checked(info().name, "which loss compares what is not known");
    Json where = Json::object();
    if (const auto id = model::optional_integer(event.body, "call"))
      if (const auto* call = run.call(event.pid, *id)) where = where_of(*call);
    where["step"] = event.body.value("index", Json());
    for (std::size_t i = 0; i < outputs.count; ++i) {
      const auto target = run.tensor(for_output(y, i, spec->outputs[i]));
      const auto prediction = run.tensor(for_output(told, i, spec->outputs[i]));
      if (target && prediction)
        compare(spec->losses[i].canonical, target->shape(), prediction->shape(), where, verdicts);
      else
        verdicts.not_checked(info().name, "which loss compares what is not known");
    }
  }

  void loss(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    if (!event.body.value("builtin", false)) return;  // a loss of the program's may broadcast
    const auto y = run.tensor(event.body.value("y_true", Json()));
    const auto p = run.tensor(event.body.value("y_pred", Json()));
    if (!y || !p) return;
    const std::string name = reference::canonical_loss(model::string_or(event.body, "class", ""));
    compare(name, y->shape(), p->shape(), where_of(event, run, "where"), verdicts);
  }

  void compare(const std::string& name, const Shape& targets, const Shape& predictions,
               const Json& where, Verdicts& verdicts) {
    if (!elementwise(name))
      return verdicts.not_checked(info().name, "a loss that may take targets of another shape");
    if (same(targets, predictions)) return verdicts.agrees(info().name);
    if (!broadcast(targets, predictions))
      return verdicts.not_checked(info().name, "shapes that cannot be broadcast");
    Finding finding = finding_of(info());
    finding.claimed = "targets " + shape_text(targets);
    finding.recomputed = "predictions " + shape_text(predictions);
    finding.where = where;
    finding.message = name + " compares targets of shape " + shape_text(targets) +
                      " with predictions of shape " + shape_text(predictions) +
                      ": they are broadcast, so that numbers are compared that do not belong "
                      "together.";
    finding.evidence = {{"loss", name}};
    finding.identity =
        name + "|" + where.value("file", "") + "|" + std::to_string(where.value("line", 0));
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<TargetsMatchPredictions>(); }};

}  // namespace
}  // namespace kerasan::checks
