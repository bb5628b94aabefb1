// Rule reload-keeps-graph.
#include "checks/rebuilt_rule.h"

namespace kerasan::checks {
namespace {

class ReloadKeepsGraph : public RebuiltRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{"reload-keeps-graph", "wrong-save-reload", 3,
                               "In a model that is loaded, or rebuilt from its configuration, the "
                               "same layers feed the same layers: as many calls of each, in the "
                               "same connections, so that what was shared is still shared."};
    return info;
  }

 protected:
  bool concerns(const Rebuilt& pair) const override { return remade(pair); }
  Differences compare(const Rebuilt& pair) const override {
    return compare_graph(pair.source, pair.made);
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ReloadKeepsGraph>(); }};

}  // namespace
}  // namespace kerasan::checks
