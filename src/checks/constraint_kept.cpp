// constraint-kept: after an optimizer step a constrained variable keeps its constraint.
#include "checks/finding_text.h"
#include "checks/optimizer_step.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/constraint.h"

namespace kerasan::checks {
namespace {

using model::Json;

constexpr const char* kName = "constraint-kept";

bool is_set(const Json& config, const char* name) {
  const Json value = config.is_object() ? config.value(name, Json()) : Json();
  return !value.is_null() && value != false && value != 0;
}

// Why the variable need not keep its constraint after this step; empty where it must.
std::string exempted(const Json& body) {
  const Json config = body.value("config", Json());
  const auto began = model::optional_integer(body, "iteration"),
             ended = model::optional_integer(body, "iteration_after");
  if (!began || !ended || *ended == *began) return "no step was made";
  if (is_set(config, "gradient_accumulation_steps")) return "gradients are accumulated";
  // An average of weights that keep their constraint also holds those from before training.
  if (is_set(config, "use_ema")) return "weights are averaged";
  if (body.value("builtin", Json()) != true) return "an optimizer class of the program";
  return {};
}

class ConstraintKept : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        kName, "wrong-parameter-setting", 4,
        "After a step of a built-in optimizer each variable with a built-in constraint keeps it: "
        "no "
        "norm above the limit of MaxNorm, UnitNorm or MinMaxNorm, no negative value under NonNeg, "
        "constant rings under RadialConstraint."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "update") return;
    for (const auto& row : event.body.value("vars", Json::array()))
      if (is_set(row, "constraint")) one(event, run, row, verdicts);
  }

 private:
  void one(const model::Event& event, const model::Run& run, const Json& row,
           Verdicts& verdicts) const {
    const std::string name = model::string_or(row, "constraint", "");
    const Json object = row.value("constraint_config", Json());
    if (!object.is_object() || object.value("builtin", Json()) != true)
      return verdicts.not_checked(kName, "a constraint of the program");
    if (const auto reason = exempted(event.body); !reason.empty())
      return verdicts.not_checked(kName, reason);
    const auto function = reference::find_constraint(name);
    const auto after = run.tensor(row.value("after", Json()));
    if (function == nullptr) return verdicts.not_checked(kName, "no reference for " + name);
    if (!after) return verdicts.not_checked(kName, "the variable was not recorded");
    const auto result = function({name, object.value("config", Json::object()),
                                  reference::Bounded::exact(*after), after->dtype()});
    if (result.not_checked) return verdicts.not_checked(kName, result.not_checked->reason);
    if (result.broken.empty()) return verdicts.agrees(kName);
    Finding f = finding_of(info());
    f.claimed = {{"constraint", name}};
    f.recomputed = {{"variable", result.broken}};
    f.where = where_of_update(event, run);
    f.message = "After a step of " + model::string_or(event.body, "class", "the optimizer") +
                " the variable \"" + model::string_or(row, "name", "") + "\", constrained by " +
                name + ", has " + result.broken + ".";
    f.evidence = {{"config", object.value("config", Json())}};
    f.identity = std::string(kName) + "|" + name + "|" + model::string_or(event.body, "class", "");
    verdicts.disagrees(std::move(f));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ConstraintKept>(); }};

}  // namespace
}  // namespace kerasan::checks
