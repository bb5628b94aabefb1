// Rule given-weights-used.
#include <set>

#include "checks/finding_text.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "model/graph.h"

namespace kerasan::checks {
namespace {

using model::Json;

class GivenWeightsUsed : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "given-weights-used", "wrong-calculation", 4,
        "A layer that was given arrays for its weights computes with them: in the first batch of a "
        "model that holds it, the weights are those arrays."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "step") return;
    const std::string id = model::string_or(event.body, "model", "");
    if (!seen_.insert({event.pid, id}).second) return;
    const model::Model* model = run.model(event.pid, id);
    if (model == nullptr) return;
    for (const Json* layer : model::leaf_layers(model->raw))
      if (layer->contains("weights_to_set")) judge(*layer, event, run, verdicts);
  }

 private:
  void judge(const Json& layer, const model::Event& event, const model::Run& run,
             Verdicts& verdicts) {
    const Json& given = layer["weights_to_set"];
    const Json weights = layer.value("weights", Json::array());
    const Json held = event.body.value("weights", Json::object());
    if (!given.is_array() || given.size() != weights.size() || given.empty())
      return verdicts.not_checked(info().name, "other weights than the arrays given");
    for (std::size_t k = 0; k < given.size(); ++k) {
      const auto due = run.tensor(given[k]),
                 is = run.tensor(held.value(model::string_or(weights[k], "id", ""), Json()));
      if (!due || !is) return verdicts.not_checked(info().name, "arrays that were not recorded");
      if (due->shape() != is->shape())
        return verdicts.not_checked(info().name, "other weights than the arrays given");
      const auto expected =
          Tensor::from_doubles(is->dtype(), due->shape(), due->to_doubles()).to_doubles();
      const auto values = is->to_doubles();
      for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] != expected[i])
          return report(layer, weights[k], expected[i], values[i], event, run, verdicts);
    }
    verdicts.agrees(info().name);
  }

  void report(const Json& layer, const Json& weight, double due, double is,
              const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    const std::string name = model::string_or(layer, "name", "?");
    Finding finding = finding_of(info());
    finding.claimed = is;
    finding.recomputed = due;
    const auto* call =
        run.call(event.pid, model::optional_integer(event.body, "call").value_or(-1));
    if (call != nullptr) finding.where = where_of(*call);
    finding.where["layer"] = name;
    finding.message = model::string_or(layer, "class", "") + " layer \"" + name +
                      "\" computes with other weights than those that it was given: " +
                      model::string_or(weight, "name", "a weight") + " holds " + Json(is).dump() +
                      " in place of " + Json(due).dump() + ".";
    finding.identity = model::string_or(layer, "class", "") + " " + name;
    verdicts.disagrees(std::move(finding));
  }

  std::set<std::pair<std::int64_t, std::string>> seen_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<GivenWeightsUsed>(); }};

}  // namespace
}  // namespace kerasan::checks
