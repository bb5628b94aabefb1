// Claim: training leaves the weights of frozen layers as they are.
#include <map>
#include <set>

#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;
using Frozen = std::map<std::string, std::string>;  // id of a variable -> its name

// Weights that nothing but an optimizer moves. Statistics and seeds move by themselves.
bool learned(const std::string& path) {
  static const std::set<std::string> names{
      "kernel", "bias", "embeddings", "recurrent_kernel", "depthwise_kernel", "pointwise_kernel",
      "gamma",  "beta", "alpha"};
  std::string name = path.substr(path.find_last_of('/') + 1);
  return names.contains(name.substr(0, name.find(':')));
}

void add_weights(const Json& layer, Frozen& out) {
  const Json* weights = model::find_field(layer, "weights");
  if (weights == nullptr || !layer.value("builtin", false) || layer.value("own_call", false))
    return;
  for (const Json& weight : *weights) {
    const std::string name = model::string_or(weight, "name", "");
    if (learned(name)) out[model::string_or(weight, "id", "")] = name;
  }
}

void add_frozen(const Json& owner, bool frozen, Frozen& out) {
  const Json* layers = model::find_field(owner, "layers");
  if (layers == nullptr) return;
  for (const Json& layer : *layers) {
    const bool rests = frozen || layer.value("trainable", Json(true)) == false;
    if (model::find_field(layer, "layers") != nullptr)
      add_frozen(layer, rests, out);
    else if (rests)
      add_weights(layer, out);
  }
}

class FrozenWeightsStay : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "frozen-weights-stay", "wrong-structure", 4,
        "A weight of a layer that is frozen (trainable False, of it or of a model around it) when "
        "the model is compiled and ever since is the same before and after each training step of "
        "fit."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "model") return snapshot(event);
    if (event.kind == "step") step(event, run, verdicts);
  }

 private:
  using Key = std::pair<std::int64_t, std::string>;
  static constexpr std::size_t kModelsKept = 2000;

  void snapshot(const model::Event& event) {
    const Key key{event.pid, model::string_or(event.body, "id", "")};
    Frozen now;
    // A loop of the program's own may move what it likes.
    if (!event.body.value("own_test_step", false))
      add_frozen(event.body, event.body.value("trainable", Json(true)) == false, now);
    if (model::string_or(event.body, "when", "") == "compile") {
      if (frozen_.size() >= kModelsKept) frozen_.clear();
      frozen_[key] = std::move(now);
    } else if (const auto held = frozen_.find(key); held != frozen_.end()) {
      std::erase_if(held->second, [&](const auto& weight) { return !now.contains(weight.first); });
    }
  }

  void step(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    const auto held = frozen_.find({event.pid, model::string_or(event.body, "model", "")});
    if (held == frozen_.end() || held->second.empty() ||
        model::string_or(event.body, "phase", "") != "train")
      return;
    const auto id = model::optional_integer(event.body, "call");
    const auto* call = id ? run.call(event.pid, *id) : nullptr;
    if (call == nullptr || call->api != "Model.fit")
      return verdicts.not_checked(info().name, "flags may have changed since the model was seen");
    const Json before = event.body.value("weights", Json());
    const Json after = event.body.value("weights_after", Json());
    bool compared = false;
    for (const auto& [variable, name] : held->second) {
      if (!before.contains(variable) || !after.contains(variable)) continue;
      compared = true;
      if (before[variable] == after[variable]) continue;
      return report(event, *call, name, held->second.size(), verdicts);
    }
    if (compared)
      verdicts.agrees(info().name);
    else
      verdicts.not_checked(info().name, "the weights were not recorded");
  }

  void report(const model::Event& event, const model::Call& call, const std::string& name,
              std::size_t frozen, Verdicts& verdicts) {
    Finding finding = finding_of(info());
    finding.claimed = "trainable False";
    finding.recomputed = "moved in training";
    finding.where = where_of(call);
    finding.where["step"] = event.body.value("index", Json());
    finding.message = "the weight " + name + " belongs to a frozen layer and moves in training.";
    finding.evidence = {{"frozen weights", frozen}, {"model", event.body.value("model", Json())}};
    finding.identity = name;
    verdicts.disagrees(std::move(finding));
  }

  std::map<Key, Frozen> frozen_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<FrozenWeightsStay>(); }};

}  // namespace
}  // namespace kerasan::checks
