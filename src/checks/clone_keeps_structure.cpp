// Rule clone-keeps-structure.
#include "checks/rebuilt_rule.h"

namespace kerasan::checks {
namespace {

class CloneKeepsStructure : public RebuiltRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{"clone-keeps-structure", "wrong-structure", 3,
                               "A clone made without functions of the program has the layers of "
                               "its model, connected as there, frozen where they are frozen, and "
                               "each layer that is used several times is still one."};
    return info;
  }

 protected:
  bool concerns(const Rebuilt& pair) const override {
    return pair.how == How::kCloned && !pair.custom && has_graph(pair.source) &&
           has_graph(pair.made);
  }
  Differences compare(const Rebuilt& pair) const override {
    for (const auto& part : {compare_layers, compare_graph, compare_trainable}) {
      const Differences found = part(pair.source, pair.made);
      if (!found.unknown.empty() || !found.differences.empty()) return found;
    }
    return {};
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<CloneKeepsStructure>(); }};

}  // namespace
}  // namespace kerasan::checks
