// optimizer-update: the weights after a step are what the optimizer's published update gives.
#include <algorithm>
#include <cmath>

#include "checks/finding_text.h"
#include "checks/optimizer_judgement.h"
#include "checks/optimizer_step.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;
using reference::Bounded;

constexpr const char* kName = "optimizer-update";

class OptimizerUpdate : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        kName, "wrong-calculation", 4,
        "After one step of a built-in optimizer each weight and each slot is what the published "
        "update gives from the weight and slots before, the gradient handed over, and the "
        "hyperparameters held. Documented forms that differ (where epsilon stands, whether the "
        "velocity holds the rate) are all accepted; the tolerance is a running error bound. A "
        "limit "
        "given for clipping gradients is kept by the step."};
    return info;
  }
  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "update") return;
    try {
      judge(event, run, verdicts);
    } catch (const std::exception& error) {
      verdicts.not_checked(kName, std::string("unreadable event: ") + error.what());
    }
  }

 private:
  void judge(const model::Event& event, const model::Run& run, Verdicts& verdicts) const;
  void one(const model::Event& event, const model::Run& run, const OptimizerStep& step,
           const StepOfVariable& var, Verdicts& verdicts) const;
  void report(const model::Event& event, const model::Run& run, const StepOfVariable& var,
              const Judged& judged, Verdicts& verdicts) const;
  void report_clipping(const model::Event& event, const model::Run& run, const OptimizerStep& step,
                       const StepOfVariable& var, double size, Verdicts& verdicts) const;
};

void OptimizerUpdate::judge(const model::Event& event, const model::Run& run,
                            Verdicts& verdicts) const {
  const OptimizerStep step = read_step(event, run);
  const auto count = std::max<std::size_t>(1, event.body.value("vars", Json::array()).size());
  if (!step.unchecked.empty()) return verdicts.not_checked(kName, step.unchecked, count);
  if (reference::find_optimizer(step.class_name) == nullptr)
    return verdicts.not_checked(kName, "no reference for class " + step.class_name, count);
  for (const auto& var : step.variables) one(event, run, step, var, verdicts);
}

double norm(const Bounded& g, bool least) {
  double sum = 0;
  for (std::size_t k = 0; k < g.size(); ++k) {
    const double size = std::max(0.0, std::abs(g.value[k]) - (least ? g.bound[k] : 0));
    sum += size * size;
  }
  return std::sqrt(sum);
}

// How large the gradient certainly was, against the limit; nullopt if it kept it.
std::optional<double> beyond_limit(const Clipping& clipping, const Bounded& g) {
  const double room = 1 + reference::gamma(static_cast<double>(g.size()) + 8, 0x1p-24);
  double size = 0;
  if (clipping.kind == "clipvalue")
    for (std::size_t k = 0; k < g.size(); ++k)
      size = std::max(size, std::abs(g.value[k]) - g.bound[k]);
  else
    size = norm(g, true);  // the norm of all gradients is no smaller
  return size > clipping.limit * room ? std::optional(size) : std::nullopt;
}

void OptimizerUpdate::one(const model::Event& event, const model::Run& run,
                          const OptimizerStep& step, const StepOfVariable& var,
                          Verdicts& verdicts) const {
  if (!var.unchecked.empty()) return verdicts.not_checked(kName, var.unchecked);
  const bool known = var.call.gradient.has_value();
  if (!known && var.unmoved)
    return verdicts.not_checked(kName, "the variable took no part in the step");
  const bool clips = known && !step.clipping.kind.empty() && !var.waits;
  std::optional<StepOfVariable> changed;
  if (clips) {
    changed = var;
    if (!(changed->call.gradient = clipped(step, var)))
      return verdicts.not_checked(kName, "the norm of all gradients is not known");
  }
  const StepOfVariable& held = changed ? *changed : var;
  const auto result = outcomes(var, held.call);
  if (result.not_checked) return verdicts.not_checked(kName, result.not_checked->reason);
  const Judged judged = judge_forms(held, result.variants);
  if (!judged.agrees) {
    if (clips) {  // was the limit not followed, or the update wrong?
      const auto raw = outcomes(var, var.call);
      if (!raw.not_checked && judge_forms(var, raw.variants).agrees) {
        const double size = step.clipping.kind == "clipvalue"
                                ? scale_of(var.call.gradient->value, nullptr)
                                : norm(*var.call.gradient, false);
        return report_clipping(event, run, step, var, size, verdicts);
      }
    }
    return report(event, run, var, judged, verdicts);
  }
  const auto& implied = judged.form->implied;
  if (implied && !step.clipping.kind.empty())
    if (const auto size = beyond_limit(step.clipping, *implied))
      return report_clipping(event, run, step, var, *size, verdicts);
  if (judged.wide) return verdicts.not_checked(kName, step.class_name + ": bound too wide");
  if (!judged.form->proves && step.clipping.kind.empty())
    return verdicts.not_checked(kName, step.class_name + ": the gradient is not known");
  verdicts.measured(kName, step.class_name, judged.worst.nearest);
  verdicts.agrees(kName);
}

void OptimizerUpdate::report(const model::Event& event, const model::Run& run,
                             const StepOfVariable& var, const Judged& judged,
                             Verdicts& verdicts) const {
  const Distance& d = judged.worst;
  Finding f = finding_of_distance(info(), event, run, var, d, var.call.class_name,
                                  "its published update gives");
  f.evidence["nearest_form"] = judged.form->form;
  f.evidence["hyper"] = event.body.value("hyper", Json());
  f.identity = kName;
  f.identity += "|" + var.call.class_name + "|" + d.quantity;
  verdicts.disagrees(std::move(f));
}

void OptimizerUpdate::report_clipping(const model::Event& event, const model::Run& run,
                                      const OptimizerStep& step, const StepOfVariable& var,
                                      double size, Verdicts& verdicts) const {
  const bool by_value = step.clipping.kind == "clipvalue";
  Finding f = finding_of(info());
  f.scenario = "wrong-parameter-setting";
  f.claimed = {{step.clipping.kind, step.clipping.limit}};
  f.recomputed = {{by_value ? "largest gradient value used" : "gradient norm used", size}};
  f.where = where_of_update(event, run);
  f.message = step.class_name + " was given " + step.clipping.kind + " " +
              number_text(step.clipping.limit) + ", but moved \"" + var.name + "\" by a gradient " +
              (by_value ? "with a value" : "of norm") + " " + number_text(size) + ".";
  f.evidence = {{"variable", var.name}, {"iteration", var.call.iteration}};
  f.identity = std::string(kName) + "|" + step.class_name + "|" + step.clipping.kind;
  verdicts.disagrees(std::move(f));
}

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<OptimizerUpdate>(); }};

}  // namespace
}  // namespace kerasan::checks
