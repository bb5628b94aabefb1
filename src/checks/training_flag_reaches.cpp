// Claim: who is told whether it trains tells the layers inside.
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class TrainingFlagReaches : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "training-flag-reaches", "wrong-parameter-setting", 4,
        "Where a model or layer knows whether it is training, each layer of the program's own and "
        "each recurrent cell inside that takes the argument gets it: the framework, calling it, "
        "does not leave it at None."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "flags") return;
    const Json received = event.body.value("received", Json::array());
    bool known = !event.body.value("training", Json()).is_null();
    for (const Json& flag : received) {
      const bool told = !flag.value("training", Json()).is_null();
      if (told)
        verdicts.agrees(info().name);
      else if (known && concerned(flag))
        return report(flag, event, run, verdicts);
      known = known || told;
    }
  }

 private:
  // Built-in layers fall back on the phase of the framework when they are told nothing.
  static bool concerned(const Json& flag) {
    const std::string cls = model::string_or(flag, "class", "");
    const bool cell = cls.ends_with("Cell") || cls.ends_with("Cells");
    return model::string_or(flag, "told_by", "") == "framework" &&
           (cell || flag.value("builtin", Json()) == false);
  }

  void report(const Json& flag, const model::Event& event, const model::Run& run,
              Verdicts& verdicts) {
    const std::string cls = model::string_or(flag, "class", "a layer");
    const std::string outer = model::string_or(event.body, "outer", "a layer");
    Finding finding = finding_of(info());
    finding.claimed = "training is handed on";
    finding.recomputed = "training=None";
    finding.where = where_of(event, run, "where");
    finding.where["layer"] = model::string_or(flag, "name", "");
    finding.message =
        cls + ".call gets training=None inside " + outer + ", which knows whether it is training.";
    finding.identity = outer + "|" + cls;
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<TrainingFlagReaches>(); }};

}  // namespace
}  // namespace kerasan::checks
