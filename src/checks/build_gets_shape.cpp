// Claim: a layer that is asked for its output shape is built from the shape it was asked with.
#include "base/declared_shape.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;
using State = DeclaredShapes::State;

class BuildGetsShape : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "build-gets-shape", "wrong-shape", 2,
        "Where the program asks a layer that is not built yet for compute_output_shape, and the "
        "framework builds the layer for the answer, build is handed the shape that was given: "
        "its rank and each dimension, in whatever container."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "shape_hook") return;
    const std::string& name = info().name;
    const Json given = event.body.value("given", Json());
    const Json handed = event.body.value("handed", Json());
    const DeclaredShapes asked = parse_shapes(given);
    if (asked.state != State::kKnown || asked.shapes.empty())
      return verdicts.not_checked(name, "a shape of unknown rank or form was given");
    const DeclaredShapes got = parse_shapes(handed);
    if (got.state == State::kKnown && got.shapes == asked.shapes) return verdicts.agrees(name);
    const std::string label = model::string_or(event.body, "name", "?");
    const std::string cls = model::string_or(event.body, "class", "a layer");
    Finding finding = finding_of(info());
    finding.claimed = given;
    finding.recomputed = handed;
    finding.where = where_of(event, run, "where");
    finding.where["api"] = "Layer.compute_output_shape";
    finding.where["layer"] = label;
    finding.message = cls + " \"" + label + "\" was asked for its output shape with " +
                      given.dump() + ", but its build was handed " +
                      (handed.is_null() ? "None" : handed.dump()) + ".";
    finding.evidence = {{"class", cls}, {"answer", event.body.value("answer", Json())}};
    finding.identity = cls + "/" + label;
    verdicts.disagrees(std::move(finding));
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<BuildGetsShape>(); }};

}  // namespace
}  // namespace kerasan::checks
