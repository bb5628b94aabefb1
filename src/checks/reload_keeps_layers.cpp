// Rule reload-keeps-layers.
#include "checks/rebuilt_rule.h"

namespace kerasan::checks {
namespace {

class ReloadKeepsLayers : public RebuiltRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "reload-keeps-layers", "wrong-save-reload", 3,
        "A model that is loaded, or rebuilt from its configuration, has the layers of the one that "
        "was saved: the same number, in the same order, with the same names, and those of the "
        "framework of the same classes."};
    return info;
  }

 protected:
  bool concerns(const Rebuilt& pair) const override { return remade(pair); }
  Differences compare(const Rebuilt& pair) const override {
    return compare_layers(pair.source, pair.made);
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ReloadKeepsLayers>(); }};

}  // namespace
}  // namespace kerasan::checks
