// Claim: the output shape that a layer's node declares is the one the layer computes.
#include <set>

#include "base/declared_shape.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;
using State = DeclaredShapes::State;
constexpr std::size_t kSeenKept = 10000;

class DeclaredOutputShape : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "declared-output-shape", "wrong-shape", 2,
        "The output shape that a model declares for a layer must be the one that the layer's "
        "compute_output_shape gives for the declared input. Lists, tuples and TensorShapes are "
        "the same shape; a dimension that is itself a sequence is none. What a layer of the "
        "user's computes beside its own compute_output_shape is not judged."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "model") return;
    const Json* layers = model::find_field(event.body, "layers");
    if (layers == nullptr) return;
    for (const Json& layer : *layers)
      if (const Json* nodes = model::find_field(layer, "nodes"))
        for (const Json& node : *nodes) check(event, run, layer, node, verdicts);
  }

 private:
  void check(const model::Event& event, const model::Run& run, const Json& layer, const Json& node,
             Verdicts& verdicts) {
    const std::string& name = info().name;
    const Json* output = model::find_field(node, "output");
    const Json* computed = model::find_field(node, "computed");
    // A model is recorded again and again; one node is one claim.
    const std::string key =
        std::to_string(event.pid) + model::string_or(layer, "id", "") + node.dump();
    if (seen_.size() > kSeenKept) seen_.clear();
    if (!seen_.insert(std::hash<std::string>{}(key)).second) return;
    if (output == nullptr || computed == nullptr || computed->contains("error"))
      return verdicts.not_checked(name, "the layer does not compute an output shape");
    const DeclaredShapes declared = parse_shapes(*output);
    const DeclaredShapes expected = parse_shapes(*computed);
    if (expected.state != State::kKnown || declared.state == State::kUnknown)
      return verdicts.not_checked(name, "a shape of unknown rank or form");
    if (declared.state == State::kMalformed)
      return report(event, run, layer, *output, *computed, "is no shape, where", verdicts);
    if (!layer.value("builtin", false) || layer.value("own_compute_output_shape", false))
      return verdicts.agrees(name);
    if (declared.shapes.size() != expected.shapes.size())
      return verdicts.not_checked(name, "the number of outputs depends on how the layer is called");
    for (std::size_t i = 0; i < declared.shapes.size(); ++i)
      if (!compatible(declared.shapes[i], expected.shapes[i]))
        return report(event, run, layer, *output, *computed, "differs from what", verdicts);
    verdicts.agrees(name);
  }

  void report(const model::Event& event, const model::Run& run, const Json& layer,
              const Json& output, const Json& computed, const char* how, Verdicts& verdicts) {
    const std::string label = model::string_or(layer, "name", "?");
    Finding finding = finding_of(info());
    finding.claimed = output;
    finding.recomputed = computed;
    finding.where = where_of(event, run, "where");
    finding.where["layer"] = label;
    finding.message = "layer \"" + label + "\" declares the output shape " + output.dump() +
                      ", which " + how + " its compute_output_shape gives: " + computed.dump();
    finding.evidence = {{"class", model::string_or(layer, "class", "")},
                        {"model", model::string_or(event.body, "name", "")}};
    finding.identity = model::string_or(layer, "class", "") + "/" + label;
    verdicts.disagrees(std::move(finding));
  }

  std::set<std::size_t> seen_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<DeclaredOutputShape>(); }};

}  // namespace
}  // namespace kerasan::checks
