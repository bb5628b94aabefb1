// Claim: what is reset is as it was at its beginning.
#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

class ResetTakesEffect : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "reset-takes-effect", "wrong-parameter-setting", 4,
        "After reset_states of a model, the states of every stateful layer in it are zero, also "
        "of layers inside wrappers. A reset of a metric inside a graph function becomes part of "
        "the function: something in the graph writes the metric's variables."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "states_reset") return states(event, run, verdicts);
    if (event.kind != "metric_reset") return;
    const auto added = model::optional_integer(event.body, "operations");
    if (!added || model::optional_integer(event.body, "variables").value_or(0) == 0) return;
    if (*added > 0) return verdicts.agrees(info().name);
    const std::string cls = model::string_or(event.body, "class", "");
    Finding finding = finding_of(info());
    finding.claimed = "a reset of " + cls + " in each call of the graph function";
    finding.recomputed = "no operation in its graph";
    finding.impact = 3;
    finding.where = where_of(event, run, "where");
    finding.message = "A metric " + cls + " is reset inside a graph function, but nothing was " +
                      "added to the graph: the reset happens once, while it is made.";
    finding.identity = cls;
    verdicts.disagrees(std::move(finding));
  }

 private:
  void states(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    for (const Json& layer : event.body.value("layers", Json::array())) {
      const std::string name = model::string_or(layer, "name", "");
      for (const Tensor& state : run.tensors(layer.value("states", Json()))) {
        double largest = 0;
        for (const double value : state.to_doubles())
          largest = std::max(largest, value < 0 ? -value : value);
        if (largest == 0) {
          verdicts.agrees(info().name);
          continue;
        }
        Finding finding = finding_of(info());
        finding.claimed = "states of zero";
        finding.recomputed = "a state up to " + number_text(largest);
        finding.where = where_of(event, run, "where");
        finding.where["layer"] = name;
        finding.message = "After reset_states the " + model::string_or(layer, "class", "layer") +
                          " \"" + name + "\" still holds a state, up to " + number_text(largest) +
                          ".";
        finding.identity = model::string_or(layer, "class", "") + "|" + name;
        verdicts.disagrees(std::move(finding));
        break;
      }
    }
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ResetTakesEffect>(); }};

}  // namespace
}  // namespace kerasan::checks
