// Claim: who is told whether it trains tells the layers inside.
#include <algorithm>
#include <cmath>
#include <optional>

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
        "does not leave it at None. Dropout inside TimeDistributed that is told to train drops "
        "something."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "application") return on_application(event, run, verdicts);
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
  // What the probability of nothing dropped must stay below, before that counts.
  static constexpr double kChance = 1e-9;

  void on_application(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    const Json& body = event.body;
    if (model::string_or(body, "class", "") != "TimeDistributed" ||
        body.value("builtin", Json()) != true || body.value("training", Json()) != true)
      return;
    const auto rate = rate_inside(body.value("config", Json()));
    const Json inputs = body.value("inputs", Json()), outputs = body.value("outputs", Json());
    if (!rate || !inputs.is_array() || inputs.size() != 1 || !outputs.is_array() ||
        outputs.size() != 1)
      return;
    const auto x = run.tensor(inputs[0]);
    if (!x || x->shape().size() < 2 || x->shape()[1] < 1) return;
    const auto values = x->to_doubles();
    const auto drawn =
        static_cast<double>(std::ranges::count_if(values, [](double v) { return v != 0; })) /
        static_cast<double>(x->shape()[1]);  // steps may share their draws
    if (std::pow(1 - *rate, drawn) > kChance)
      return verdicts.not_checked(info().name, "too few values to tell whether any is dropped");
    if (inputs[0] != outputs[0]) return verdicts.agrees(info().name);
    Finding finding = finding_of(info());
    finding.claimed = "training";
    finding.recomputed = "nothing is dropped";
    const std::string name = model::string_or(body, "name", "");
    finding.where = {{"layer", name}, {"step", body.value("step", Json())}};
    finding.message = "TimeDistributed layer \"" + name +
                      "\" is told to train, but the dropout inside it drops nothing.";
    finding.identity = "TimeDistributed|" + name;
    verdicts.disagrees(std::move(finding));
  }

  static std::optional<double> rate_inside(const Json& config) {
    const Json layer = config.is_object() ? config.value("layer", Json()) : Json();
    if (!layer.is_object() || model::string_or(layer, "class_name", "") != "Dropout")
      return std::nullopt;
    const Json inner = layer.value("config", Json());
    if (!inner.is_object() || !inner.value("noise_shape", Json()).is_null()) return std::nullopt;
    const double rate = model::number_or(inner, "rate", 0);
    return rate > 0 && rate < 1 ? std::optional(rate) : std::nullopt;
  }

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
