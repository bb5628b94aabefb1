// Rule reload-keeps-weights.
#include "checks/own_form.h"
#include "checks/rebuilt_rule.h"

namespace kerasan::checks {
namespace {

class ReloadKeepsWeights : public RebuiltRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{"reload-keeps-weights", "wrong-save-reload", 4,
                               "The weights of a loaded model are, bit for bit and in order, those "
                               "that the model had when it was saved."};
    return info;
  }

 protected:
  bool concerns(const Rebuilt& pair) const override {
    return pair.how == How::kLoaded && has_graphs(pair);
  }
  Differences compare(const Rebuilt& pair) const override {
    if (auto merged = merged_when_saved(pair.source); !merged.empty()) return {{}, merged};
    return compare_values(pair.source.value("values", model::Json()),
                          pair.made.value("values", model::Json()));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ReloadKeepsWeights>(); }};

}  // namespace
}  // namespace kerasan::checks
