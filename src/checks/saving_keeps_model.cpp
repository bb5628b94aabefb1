// Rule saving-keeps-model.
#include "checks/rebuilt_rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

// The variables of the optimizer; null where there is none.
model::Json optimizer_of(const model::Json& model) {
  const model::Json* state = model::find_field(model, "optimizer_state");
  return state == nullptr || !state->is_object() ? model::Json()
                                                 : state->value("variables", model::Json());
}

class SavingKeepsModel : public RebuiltRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "saving-keeps-model", "wrong-save-reload", 4,
        "Saving a model, whole or its weights, leaves it as it was: its layers and their flags, "
        "its weights and the state of its optimizer, bit for bit."};
    return info;
  }

 protected:
  bool concerns(const Rebuilt& pair) const override { return pair.how == How::kSaved; }
  Differences compare(const Rebuilt& pair) const override {
    for (const auto& part : {compare_layers, compare_trainable}) {
      const Differences found = part(pair.source, pair.made);
      if (!found.differences.empty()) return found;
    }
    const Differences held = compare_values(pair.source.value("values", model::Json()),
                                            pair.made.value("values", model::Json()));
    if (!held.differences.empty() || !held.unknown.empty()) return held;
    const Differences state = compare_values(optimizer_of(pair.source), optimizer_of(pair.made));
    return state.differences.empty() ? held : state;
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SavingKeepsModel>(); }};

}  // namespace
}  // namespace kerasan::checks
