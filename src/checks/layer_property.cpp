// layer-property: what a layer that draws random numbers must keep.
#include "checks/finding_text.h"
#include "checks/layer_call.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/property.h"

namespace kerasan::checks {
namespace {

using Json = model::Json;

constexpr const char* kName = "layer-property";

class LayerProperty : public Rule {
 public:
  const RuleInfo& info() const override;
  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override;

 private:
  void report(const Json& body, const reference::Broken& broken, Verdicts& verdicts) const;
};

const RuleInfo& LayerProperty::info() const {
  static const RuleInfo info{
      kName, "wrong-calculation", 4,
      "A layer that draws random numbers cannot be recomputed, but its recorded output must keep "
      "what its documentation promises: dropout has its rate, treats what shares a draw alike and "
      "draws the rest independently; noise has its deviation; a flipped image is one of the "
      "permitted flips, a rotated, zoomed or shifted one is that by an amount within its limits, a "
      "mixture is of two images of the batch, one amount changes all colours of an image. "
      "Statistical tests hold for every sample size, with a chance of a false alarm of 1e-9 for "
      "one application."};
  return info;
}

void LayerProperty::report(const Json& body, const reference::Broken& broken,
                           Verdicts& verdicts) const {
  const std::string layer = model::string_or(body, "name", "");
  const std::string name = model::string_or(body, "class", "");
  Finding finding = finding_of(info());
  finding.claimed = number_or_text(broken.claimed);
  finding.recomputed = number_or_text(broken.recomputed);
  finding.bound = number_or_text(broken.bound);
  finding.where = {{"layer", layer}};
  for (const char* key : {"step", "model", "node"})
    if (body.contains(key) && !body[key].is_null()) finding.where[key] = body[key];
  if (const Json place = body.value("where", Json()); place.is_object())
    for (const char* key : {"file", "line"}) finding.where[key] = place.value(key, Json());
  finding.message = name + " layer \"" + layer + "\" " + broken.message + ".";
  finding.evidence = {{"class", name},
                      {"training", body.value("training", Json())},
                      {"config", body.value("config", Json())}};
  finding.identity = name + " " + layer;
  verdicts.disagrees(std::move(finding));
}

void LayerProperty::on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
  if (event.kind != "application") return;
  const Json& body = event.body;
  const std::string name = model::string_or(body, "class", "");
  const auto property = reference::find_property(name);
  if (property == nullptr || (body.contains("builtin") && body["builtin"] == false)) return;
  try {
    reference::LayerCall call;
    if (const auto reason = take_layer_call(body, run, call))
      return verdicts.not_checked(kName, name + ": " + *reason);
    const auto result = property(call);
    if (result.not_checked)
      return verdicts.not_checked(kName, name + ": " + result.not_checked->reason);
    if (result.broken) return report(body, *result.broken, verdicts);
    verdicts.agrees(kName);
  } catch (const std::exception& error) {
    verdicts.not_checked(kName, name + ": " + error.what());
  }
}

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<LayerProperty>(); }};

}  // namespace
}  // namespace kerasan::checks
