// Claim: a layer declares each dimension of its output that its input and arguments determine.
#include <set>

#include "base/declared_shape.h"
#include "checks/rule.h"
#include "model/fields.h"
#include "reference/layer_shapes.h"

namespace kerasan::checks {
namespace {

using model::Json;
using reference::MaybeDims;
using State = DeclaredShapes::State;
constexpr std::size_t kSeenKept = 10000;

Json json_of(const MaybeDims& shape) {
  if (!shape) return nullptr;
  Json out = Json::array();
  for (const auto& size : *shape) out.push_back(size ? Json(*size) : Json());
  return out;
}

// Beyond the batch, which a framework may leave open: the first dimension that is declared
// otherwise than it follows, or is left open though it follows.
enum class Kept { kYes, kLost, kOther };
Kept compare(const Dims& declared, const Dims& expected) {
  if (declared.size() != expected.size()) return Kept::kOther;
  Kept kept = Kept::kYes;
  for (std::size_t i = 1; i < expected.size(); ++i) {
    if (!expected[i]) continue;
    if (!declared[i])
      kept = Kept::kLost;
    else if (*declared[i] != *expected[i])
      return Kept::kOther;
  }
  return kept;
}

class StaticShapeKnown : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "static-shape-known", "wrong-shape", 2,
        "The output shape that a model declares for a layer of Keras must have the rank and every "
        "dimension that follow from the declared input and the layer's arguments; none of them "
        "may be left unknown or be another one. The batch dimension may be left open."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "model") return;
    if (const Json* layers = model::find_field(event.body, "layers"))
      for (const Json& layer : *layers) look(event, run, layer, verdicts);
  }

 private:
  // Layers inside of a model are declared like its own.
  void look(const model::Event& event, const model::Run& run, const Json& layer,
            Verdicts& verdicts) {
    if (const Json* inner = model::find_field(layer, "layers")) {
      for (const Json& one : *inner) look(event, run, one, verdicts);
      return;
    }
    if (model::string_or(layer, "class", "") == "InputLayer") return;
    const Json* nodes = model::find_field(layer, "nodes");
    if (nodes == nullptr) return;
    for (const Json& node : *nodes)
      if (is_new(event, layer, node)) check(event, run, layer, node, verdicts);
  }

  // A model is recorded again and again; one node is one claim.
  bool is_new(const model::Event& event, const Json& layer, const Json& node) {
    const std::string key = std::to_string(event.pid) + model::string_or(layer, "id", "") +
                            node.value("input", Json()).dump() +
                            node.value("output", Json()).dump();
    if (seen_.size() > kSeenKept) seen_.clear();
    return seen_.insert(std::hash<std::string>{}(key)).second;
  }

  void check(const model::Event& event, const model::Run& run, const Json& layer, const Json& node,
             Verdicts& verdicts) {
    const std::string& name = info().name;
    if (!layer.value("builtin", false))
      return verdicts.not_checked(name, "a layer outside Keras may compute any shape");
    const Json* input = model::find_field(node, "input");
    const Json* output = model::find_field(node, "output");
    if (input == nullptr || output == nullptr)
      return verdicts.not_checked(name, "the declared shapes are not known");
    const DeclaredShapes inputs = parse_shapes(*input), outputs = parse_shapes(*output);
    if (inputs.state != State::kKnown || outputs.state == State::kMalformed)
      return verdicts.not_checked(name, "a shape of unknown rank or form");
    const auto expected =
        reference::layer_shapes(model::string_or(layer, "class", ""), layer.value("config", Json()),
                                {inputs.shapes.begin(), inputs.shapes.end()});
    if (!expected.shapes) return verdicts.not_checked(name, expected.reason);
    // Without states that a call gives as well, an output is one of a kind.
    if (expected.shapes->outputs.size() != 1 || !expected.shapes->outputs[0])
      return verdicts.not_checked(name, "the shapes of the outputs do not follow");
    const MaybeDims& follows = expected.shapes->outputs[0];
    Kept kept = Kept::kLost;  // not even the rank
    if (outputs.state == State::kKnown) {
      if (outputs.shapes.size() != 1)
        return verdicts.not_checked(name, "the number of outputs depends on the call");
      kept = compare(outputs.shapes[0], *follows);
    }
    if (kept == Kept::kYes) return verdicts.agrees(name);
    report(event, run, layer, node, follows, kept == Kept::kLost, verdicts);
  }

  void report(const model::Event& event, const model::Run& run, const Json& layer, const Json& node,
              const MaybeDims& follows, bool lost, Verdicts& verdicts) {
    const std::string label = model::string_or(layer, "name", "?");
    const std::string cls = model::string_or(layer, "class", "");
    Finding finding = finding_of(info());
    finding.claimed = node["output"];
    finding.recomputed = json_of(follows);
    finding.where = where_of(event, run, "where");
    finding.where["layer"] = label;
    finding.message = cls + " \"" + label + "\" " +
                      (lost ? "leaves dimensions of its output unknown, "
                            : "declares another shape for its output, ") +
                      node["output"].dump() + ", though its input " + node["input"].dump() +
                      " and its arguments give " + json_of(follows).dump() + ".";
    finding.evidence = {{"class", cls},
                        {"config", layer.value("config", Json())},
                        {"model", model::string_or(event.body, "name", "")}};
    finding.identity = cls + "/" + label;
    verdicts.disagrees(std::move(finding));
  }

  std::set<std::size_t> seen_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<StaticShapeKnown>(); }};

}  // namespace
}  // namespace kerasan::checks
