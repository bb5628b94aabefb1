// Claim: an object of the framework holds the arguments that it was made with.
#include <cmath>

#include "checks/call_arguments.h"
#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

std::optional<double> number(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1.0 : 0.0;
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

// Objects may hold a number in the precision of the framework: float16 at the least.
bool same(double given, double held) {
  return std::abs(given - held) <= 0x1p-10 * std::abs(given) ||
         (std::isnan(given) && std::isnan(held));
}

class GivenArgumentKept : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "given-argument-kept", "wrong-parameter-setting", 3,
        "A number or flag that the program gives to the constructor of a layer, initializer, "
        "regularizer, constraint, loss, optimizer or schedule is what get_config of the new object "
        "tells under the same name: from it the same object can be made again. An argument that it "
        "does not "
        "give holds the default of the signature."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "constructed") return;
    const Json* held = model::find_field(event.body, "held");
    if (held == nullptr) return;
    const Json told = named_values(*held);
    for (const char* kind : {"given", "defaults"})
      if (const Json* values = model::find_field(event.body, kind))
        compare(event, run, kind == std::string_view("given"), named_values(*values), told,
                verdicts);
  }

 private:
  void compare(const model::Event& event, const model::Run& run, bool given, const Json& values,
               const Json& told, Verdicts& verdicts) {
    for (const auto& [name, value] : values.items()) {
      const auto gave = number(value);
      const auto holds = told.contains(name) ? number(told[name]) : std::nullopt;
      if (!given && !holds) continue;
      // Compiling by XLA depends on the device; a cell that drops units computes in one way only.
      if (!gave || !holds || name == "jit_compile" || name == "implementation")
        verdicts.not_checked(info().name, "an argument that the configuration tells otherwise");
      else if (same(*gave, *holds))
        verdicts.agrees(info().name);
      else
        report(event, run, (given ? "" : "the default ") + name, value, told[name], verdicts);
    }
  }

  void report(const model::Event& event, const model::Run& run, const std::string& name,
              const Json& given, const Json& held, Verdicts& verdicts) {
    const std::string cls = model::string_or(event.body, "class", "");
    Finding finding = finding_of(info());
    finding.claimed = name + "=" + given.dump();
    finding.recomputed = name + "=" + held.dump();
    finding.where = where_of(event, run, "where");
    finding.message = cls + " was made with " + name + "=" + given.dump() + ", but holds " + name +
                      "=" + held.dump() + ".";
    finding.identity = cls + "|" + name + "|" + finding.where.dump();
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<GivenArgumentKept>(); }};

}  // namespace
}  // namespace kerasan::checks
