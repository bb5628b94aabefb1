// Rule reload-keeps-trainable.
#include "checks/rebuilt_rule.h"

namespace kerasan::checks {
namespace {

class ReloadKeepsTrainable : public RebuiltRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{"reload-keeps-trainable", "wrong-save-reload", 3,
                               "What was frozen when a model was saved or told its configuration "
                               "is frozen in the model that comes of it, and what was trainable is "
                               "trainable: each layer and each of its variables."};
    return info;
  }

 protected:
  bool concerns(const Rebuilt& pair) const override { return remade(pair); }
  Differences compare(const Rebuilt& pair) const override {
    return compare_trainable(pair.source, pair.made);
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ReloadKeepsTrainable>(); }};

}  // namespace
}  // namespace kerasan::checks
