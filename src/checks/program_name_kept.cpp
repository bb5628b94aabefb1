// Claim: imports leave the name of the program's own module alone.
#include <array>

#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

class ProgramNameKept : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "program-name-kept", "wrong-parameter-setting", 2,
        "The module that is run as a program is called __main__ to its end. An import from the "
        "framework, also one of all names, does not put the name of a module of the framework in "
        "its place: if __name__ == \"__main__\" would no longer hold."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "end") return;
    const std::string name = model::string_or(event.body, "main_name", "");
    if (name.empty()) return;
    if (name == "__main__") return verdicts.agrees(info().name);
    if (!of_framework(name)) return verdicts.not_checked(info().name, "the program renamed itself");
    Finding finding = finding_of(info());
    finding.claimed = "__main__";
    finding.recomputed = name;
    const model::Json argv =
        run.start().is_object() ? run.start().value("argv", model::Json()) : model::Json();
    finding.where = model::Json::object();
    if (argv.is_array() && !argv.empty()) finding.where["file"] = argv[0];
    finding.message = "__name__ of the program became \"" + name +
                      "\", a module of the framework that it imports from.";
    finding.identity = name;
    verdicts.disagrees(std::move(finding));
  }

 private:
  static bool of_framework(const std::string& name) {
    for (const std::string package : {"tensorflow", "keras", "tf_keras"})
      if (name == package || name.starts_with(package + ".")) return true;
    return false;
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ProgramNameKept>(); }};

}  // namespace
}  // namespace kerasan::checks
