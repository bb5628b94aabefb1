// Rule reload-keeps-config.
#include "checks/rebuilt_rule.h"

namespace kerasan::checks {
namespace {

class ReloadKeepsConfig : public RebuiltRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{"reload-keeps-config", "wrong-save-reload", 2,
                               "A model that is loaded, or rebuilt from its configuration, tells "
                               "the configuration that the first one told. Lists stand for tuples, "
                               "as JSON has none, and numbers are equal to single precision."};
    return info;
  }

 protected:
  bool concerns(const Rebuilt& pair) const override { return remade(pair) && !pair.custom; }
  Differences compare(const Rebuilt& pair) const override {
    return compare_config(pair.source.value("config", model::Json()),
                          pair.made.value("config", model::Json()));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ReloadKeepsConfig>(); }};

}  // namespace
}  // namespace kerasan::checks
