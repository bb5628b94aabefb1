// loss-scale-moves: a dynamic loss scale grows, halves and skips steps as documented.
#include <cmath>
#include <limits>

#include "checks/finding_text.h"
#include "checks/optimizer_step.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/loss_scale.h"

namespace kerasan::checks {
namespace {

using model::Json;
using reference::LossScale;

constexpr const char* kName = "loss-scale-moves";
constexpr double kLargest = std::numeric_limits<float>::max();

std::optional<LossScale> read(const Json& scaling, const char* key) {
  const Json held = scaling.value(key, Json());
  const Json scale = held.is_object() ? held.value("scale", Json()) : Json();
  const auto steps = held.is_object() ? model::optional_integer(held, "steps") : std::nullopt;
  if (!scale.is_number() || !steps) return std::nullopt;
  return LossScale{scale.get<double>(), *steps};
}

bool same(const LossScale& a, const LossScale& b) {
  return a.scale == b.scale && a.steps == b.steps;
}

// Whether all gradients are finite, also after the division by the scale; nullopt: not known.
std::optional<bool> all_finite(const Json& body, const model::Run& run, double scale) {
  bool known = body.value("exact_grad", Json()) == true;
  const Json rows = body.value("vars", Json::array());
  for (const auto& row : rows) {
    const auto grad = run.tensor(row.value("grad", Json()));
    if (!grad) {
      known = false;
      continue;
    }
    for (const double g : grad->to_doubles()) {
      if (!std::isfinite(g)) return false;
      if (std::fabs(g) > std::min(1.0, scale) * 0.5 * kLargest) known = false;
    }
  }
  return known ? std::optional(true) : std::nullopt;
}

bool unmoved(const Json& body) {
  for (const auto& row : body.value("vars", Json::array()))
    if (row.value("before", Json()) != row.value("after", Json()) ||
        row.value("slots_before", Json()) != row.value("slots_after", Json()))
      return false;
  return true;
}

std::string told(const LossScale& s) {
  return number_text(s.scale) + ", " + std::to_string(s.steps) + " steps after it last moved";
}

class LossScaleMoves : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        kName, "wrong-calculation", 3,
        "A dynamic loss scale is halved by a step with a gradient that is not finite, which is "
        "skipped; it is doubled after `dynamic_growth_steps` steps with finite gradients since it "
        "last moved, and stays otherwise."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "update") return;
    const Json scaling = event.body.value("scaling", Json());
    if (!scaling.is_object()) return;
    const auto before = read(scaling, "before"), after = read(scaling, "after");
    const auto growth = model::optional_integer(scaling, "growth_steps");
    const auto moves = reference::find_loss_scale(model::string_or(scaling, "class", ""));
    if (!before || !after || !growth || moves == nullptr)
      return verdicts.not_checked(kName, "the loss scale is not known");
    if (!(before->scale >= 2) || before->scale > kLargest / 2)
      return verdicts.not_checked(kName, "not documented beyond the least or largest scale");
    const auto finite = all_finite(event.body, run, before->scale);
    const LossScale grown = moves(*before, *growth, true), halved = moves(*before, *growth, false);
    const bool skipped = unmoved(event.body);
    const bool may_be_finite = finite.value_or(true), may_be_halved = !finite.value_or(false);
    if ((may_be_finite && same(*after, grown)) ||
        (may_be_halved && skipped && same(*after, halved)))
      return verdicts.agrees(kName);
    report(event, run, *after, finite, grown, halved, verdicts);
  }

 private:
  void report(const model::Event& event, const model::Run& run, const LossScale& after,
              std::optional<bool> finite, const LossScale& grown, const LossScale& halved,
              Verdicts& verdicts) const {
    const bool moved_anyway = finite != true && same(after, halved);
    const LossScale& expected = finite == false ? halved : grown;
    Finding f = finding_of(info());
    f.where = where_of_update(event, run);
    f.claimed = {{"loss scale", after.scale}, {"steps since it moved", after.steps}};
    f.recomputed = {{"loss scale", expected.scale}, {"steps since it moved", expected.steps}};
    f.message = moved_anyway
                    ? "A step whose gradients are not finite halved the loss scale, but also moved "
                      "variables; such a step is skipped."
                    : "After a step " +
                          std::string(finite == false  ? "with a gradient that is not finite"
                                      : finite == true ? "with finite gradients"
                                                       : "") +
                          " the loss scale is " + told(after) + ", but " + told(expected) +
                          " is documented.";
    f.evidence = {{"scaling", event.body["scaling"]}};
    f.identity = std::string(kName) + (moved_anyway ? "|skipped" : "|scale");
    verdicts.disagrees(std::move(f));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<LossScaleMoves>(); }};

}  // namespace
}  // namespace kerasan::checks
