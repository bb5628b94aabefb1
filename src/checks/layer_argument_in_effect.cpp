// Claim: an argument given to a layer takes part in what the layer computes.
#include <algorithm>
#include <set>
#include <utility>

#include "checks/layer_call.h"
#include "checks/layer_verdicts.h"
#include "checks/measure_event.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using Json = model::Json;
using reference::LayerCall;

class LayerArgumentInEffect : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "layer-argument-in-effect", "wrong-parameter-setting", 4,
        "An argument given to a layer, or to the layer that a wrapper holds, takes part in what "
        "the layer computes. Where an output is not what the reference gives for its input, it is "
        "recomputed with one argument after the other left at its default: if that is the output, "
        "the argument is not in effect. So are the mask and the training flag that the call was "
        "handed."};
    return info;
  }

  void join(Shared& shared) override { layers_ = shared.get<LayerVerdicts>(); }

  void on_event(const model::Event&, const model::Run& run, Verdicts& verdicts) override {
    take(run, verdicts);
  }
  void finish(const model::Run& run, Verdicts& verdicts) override { take(run, verdicts); }

 private:
  static constexpr std::size_t kNamesKept = 1000;

  void take(const model::Run& run, Verdicts& verdicts) {
    if (layers_->agreed > 0) verdicts.agrees(info().name, std::exchange(layers_->agreed, 0));
    for (; !layers_->disagreed.empty(); layers_->disagreed.pop_front()) {
      const Json& body = layers_->disagreed.front().body;
      const std::string name =
          model::string_or(body, "class", "") + "|" + model::string_or(body, "name", "");
      if (looked_at_.size() < kNamesKept && looked_at_.insert(name).second)
        judge(body, run, verdicts);
    }
  }

  void judge(const Json& body, const model::Run& run, Verdicts& verdicts) {
    LayerCall call;
    if (take_layer_call(body, run, call)) return;
    std::string missing = ignored_by_wrapper(call);
    if (missing.empty()) missing = left_out(call, call.config, 0);
    if (missing.empty()) missing = ignored_by_call(call);
    if (missing.empty())
      return verdicts.not_checked(info().name, "no argument left out explains the output");
    report(body, missing, verdicts);
  }

  static bool gives_observed(const LayerCall& call) {
    const auto function = reference::find_layer(call.class_name);
    const auto result = function(call);
    if (result.not_checked || result.outputs.size() != call.observed.size()) return false;
    for (std::size_t k = 0; k < result.outputs.size(); ++k) {
      const Tensor& seen = call.observed[k];
      if (seen.shape() != result.outputs[k].shape) return false;
      const double u = is_float(seen.dtype()) ? unit_roundoff(seen.dtype()) : 0;
      const Deviation d = deviation(reference::Bounded::exact(seen), result.outputs[k], u);
      if (d.factor > 0 || d.compared == 0 || d.wide * 2 > d.compared) return false;
    }
    return true;
  }

  // The configuration of the layer inside, as it stands in that of a wrapper.
  static const Json* inner_config(const Json& config) {
    const Json* layer = model::find_field(config, "layer");
    if (layer == nullptr) layer = model::find_field(config, "cell");
    return layer != nullptr && layer->is_object() ? model::find_field(*layer, "config") : nullptr;
  }

  // An argument that the layer inside follows and the wrapper around it does not.
  static std::string ignored_by_wrapper(LayerCall call) {
    const Json* inner = inner_config(call.config);
    if (inner == nullptr || !inner->is_object()) return {};
    for (const auto& [name, value] : inner->items()) {
      if (value.is_null() || value == false) continue;
      call.unknown_to_wrapper = name;
      if (gives_observed(call)) return name + "=" + value.dump();
    }
    return {};
  }

  // What the call itself was handed: whether it trains, and the masks of its inputs.
  static std::string ignored_by_call(LayerCall call) {
    call.training = !call.training;
    if (gives_observed(call)) return call.training ? "training=False" : "training=True";
    call.training = !call.training;
    if (std::ranges::none_of(call.masks, [](const auto& mask) { return mask.has_value(); }))
      return {};
    for (auto& mask : call.masks) mask.reset();
    return gives_observed(call) ? "a mask" : "";
  }

  // `part` is the configuration of the layer or, in it, that of one inside, down to `depth` 3.
  static std::string left_out(const LayerCall& call, Json& part, int depth) {
    const Json names = part;
    for (const auto& [name, value] : names.items()) {
      if (value.is_null() || name == "layer" || name == "cell") continue;
      part.erase(name);
      const bool explains = gives_observed(call);
      part[name] = value;
      if (explains) return name + "=" + value.dump();
    }
    for (const char* key : {"layer", "cell"}) {
      if (depth >= 3 || !part.contains(key) || !part[key].is_object() ||
          !part[key].contains("config") || !part[key]["config"].is_object())
        continue;
      const std::string found = left_out(call, part[key]["config"], depth + 1);
      if (!found.empty()) return found;
    }
    return {};
  }

  void report(const Json& body, const std::string& argument, Verdicts& verdicts) {
    const std::string cls = model::string_or(body, "class", ""),
                      name = model::string_or(body, "name", "");
    Finding finding = finding_of(info());
    finding.claimed = argument;
    finding.recomputed = "computed as without it";
    finding.where = {{"layer", name}};
    for (const char* key : {"step", "model", "node"})
      if (body.contains(key)) finding.where[key] = body[key];
    finding.message = cls + " layer \"" + name + "\" was given " + argument +
                      ", but its output is what it gives without that argument.";
    finding.evidence = {{"config", body.value("config", Json())}};
    finding.identity = cls + "|" + name + "|" + argument;
    verdicts.disagrees(std::move(finding));
  }

  std::shared_ptr<LayerVerdicts> layers_;
  std::set<std::string> looked_at_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<LayerArgumentInEffect>(); }};

}  // namespace
}  // namespace kerasan::checks
