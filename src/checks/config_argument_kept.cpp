// Rule config-argument-kept.
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class ConfigArgumentKept : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "config-argument-kept", "wrong-save-reload", 2,
        "from_config reads the configuration that it is given and leaves it as it was, so that a "
        "second model can be made of it."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    const Json* from = model::find_field(event.body, "made_from");
    if (event.kind != "model" || from == nullptr ||
        model::string_or(event.body, "when", "") != "load" || !from->contains("argument_kept"))
      return;
    if (from->value("argument_kept", true)) return verdicts.agrees(info().name);
    Finding finding = finding_of(info());
    finding.claimed = from->value("lost", Json());
    finding.recomputed = "as it was";
    finding.where = where_of(event, run, "where");
    finding.message = "from_config of \"" + model::string_or(event.body, "name", "?") +
                      "\" changed the configuration that it was given, at " +
                      from->value("lost", Json()).dump() + ".";
    finding.identity = info().name;
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ConfigArgumentKept>(); }};

}  // namespace
}  // namespace kerasan::checks
