// Rule implementation-by-value.
#include <set>

#include "checks/rule.h"
#include "model/fields.h"
#include "model/graph.h"

namespace kerasan::checks {
namespace {

using model::Json;

class ImplementationByValue : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "implementation-by-value", "wrong-calculation", 3,
        "An LSTM whose arguments meet what the documentation asks for (activation tanh, recurrent "
        "activation sigmoid, no recurrent dropout, not unrolled, with a bias) computes by the fast "
        "implementation, in whatever form the arguments were given."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "model") return;
    for (const Json* layer : model::leaf_layers(event.body)) {
      if (model::string_or(*layer, "class", "") != "LSTM" ||
          !layer->contains("fast_implementation") ||
          layer->value("builtin", Json()) != Json(true) ||
          !qualifies(layer->value("config", Json::object())))
        continue;
      if (!seen_.insert({event.pid, model::string_or(*layer, "id", "")}).second) continue;
      if ((*layer)["fast_implementation"] == true)
        verdicts.agrees(info().name);
      else
        report(*layer, event, run, verdicts);
    }
  }

 private:
  static bool qualifies(const Json& config) {
    return config.is_object() && config.value("activation", Json()) == "tanh" &&
           config.value("recurrent_activation", Json()) == "sigmoid" &&
           config.value("recurrent_dropout", Json(0)) == Json(0) &&
           config.value("unroll", Json()) == false && config.value("use_bias", Json()) == true;
  }

  void report(const Json& layer, const model::Event& event, const model::Run& run,
              Verdicts& verdicts) {
    const std::string name = model::string_or(layer, "name", "?");
    Finding finding = finding_of(info());
    finding.claimed = "the general implementation";
    finding.recomputed = "the fast one, whose requirements are met";
    finding.where = where_of(event, run, "where");
    finding.where["layer"] = name;
    finding.message = "LSTM layer \"" + name +
                      "\" meets the requirements of the fast implementation and computes by the "
                      "general one.";
    finding.evidence = {{"config", layer.value("config", Json())}};
    finding.identity = "LSTM " + name;
    verdicts.disagrees(std::move(finding));
  }

  std::set<std::pair<std::int64_t, std::string>> seen_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ImplementationByValue>(); }};

}  // namespace
}  // namespace kerasan::checks
