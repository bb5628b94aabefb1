// Claim: an object asked for by its name has the defaults of its class.
#include <algorithm>
#include <cmath>

#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class NamedObjectDefaults : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "named-object-defaults", "wrong-parameter-setting", 3,
        "compile(optimizer=\"adagrad\") makes the optimizer that Adagrad() makes: every number "
        "of its config that is an argument of the class with a default has that default."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "named_object") return;
    const Json config = event.body.value("config", Json::object());
    const Json defaults = event.body.value("defaults", Json::object());
    if (event.body.value("builtin", Json()) != true || !config.is_object() || !defaults.is_object())
      return verdicts.not_checked(info().name, "a class of the program's own");
    for (const auto& [name, expected] : defaults.items())
      if (const auto held = config.find(name); held != config.end())
        judge(name, *held, expected, event, run, verdicts);
  }

 private:
  // Numbers may have been held in float32.
  static bool same(const Json& a, const Json& b) {
    const double x = a, y = b;
    return std::abs(x - y) <= 0x1p-23 * std::max(std::abs(x), std::abs(y));
  }

  void judge(const std::string& name, const Json& held, const Json& expected,
             const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    if (!held.is_number() || !expected.is_number()) return;  // flags may depend on the machine
    if (same(held, expected)) return verdicts.agrees(info().name);
    const std::string asked = model::string_or(event.body, "name", "");
    const std::string cls = model::string_or(event.body, "class", "");
    Finding finding = finding_of(info());
    finding.claimed = {{name, expected}};
    finding.recomputed = {{name, held}};
    finding.where = where_of(event, run, "where");
    finding.message = "The " + model::string_or(event.body, "argument", "object") + " \"" + asked +
                      "\" has " + name + " " + held.dump() + ", but the default of " + cls +
                      " is " + expected.dump() + ".";
    finding.identity = cls + "|" + name;
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<NamedObjectDefaults>(); }};

}  // namespace
}  // namespace kerasan::checks
