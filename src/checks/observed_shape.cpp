// Claim: what a layer or a model gives has the shape that it declares.
#include "base/declared_shape.h"
#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;
using State = DeclaredShapes::State;

const Json* list_of(const Json& body, const char* name) {
  const Json* held = model::find_field(body, name);
  return held != nullptr && held->is_array() ? held : nullptr;
}

// The layer of that id, also inside of models; nullptr if it is not told.
const Json* find_layer(const Json& owner, const std::string& id) {
  const Json* layers = list_of(owner, "layers");
  if (layers == nullptr) return nullptr;
  for (const Json& layer : *layers) {
    if (model::string_or(layer, "id", "") == id) return &layer;
    if (const Json* inner = find_layer(layer, id)) return inner;
  }
  return nullptr;
}

std::optional<Dims> dims_of(const Json& value, const model::Run& run) {
  Dims out;
  if (const auto tensor = run.tensor(value)) {
    for (const auto size : tensor->shape()) out.emplace_back(size);
    return out;
  }
  if (!value.is_object() || !value.contains("$array")) return std::nullopt;
  const DeclaredShapes held = parse_shapes(value["$array"].value("shape", Json()));
  if (held.state != State::kKnown || held.shapes.size() != 1) return std::nullopt;
  return held.shapes[0];
}

// A layer that declares by a function of the program's may be told anything.
bool declares_itself(const Json& layer) {
  return layer.value("own_compute_output_shape", false) ||
         model::string_or(layer, "class", "") == "Lambda";
}

class ObservedShape : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "observed-shape", "wrong-shape", 3,
        "The output of every application of a layer, and what predict gives, have the rank and "
        "the known dimensions behind the batch that the layer or the model declares."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind == "application") return layer(event, run, verdicts);
    if (event.kind != "return") return;
    const auto* call = run.call(event.pid, model::require_integer(event.body, "id"));
    if (call != nullptr && call->api == "Model.predict" && call->error.empty())
      prediction(event, *call, run, verdicts);
  }

 private:
  // One shape that is observed, among those that are declared for it.
  struct Claim {
    std::string what, name;
    std::vector<Dims> declared;
    Dims observed;
    Json where;
  };

  void layer(const model::Event& event, const model::Run& run, Verdicts& verdicts) {
    const auto* model = run.model(event.pid, model::string_or(event.body, "model", ""));
    const Json* held = model == nullptr
                           ? nullptr
                           : find_layer(model->raw, model::string_or(event.body, "layer", ""));
    const Json* nodes = held == nullptr ? nullptr : list_of(*held, "nodes");
    const Json* outputs = list_of(event.body, "outputs");
    if (nodes == nullptr || nodes->empty() || outputs == nullptr)
      return verdicts.not_checked(info().name, "the layer declares no shape");
    if (declares_itself(*held))
      return verdicts.not_checked(info().name, "the program declares the shape");
    for (std::size_t i = 0; i < outputs->size(); ++i) {
      Claim claim{model::string_or(event.body, "class", "layer"),
                  model::string_or(event.body, "name", "?"),
                  {},
                  {},
                  Json::object()};
      for (const Json& node : *nodes) {
        const DeclaredShapes shapes = parse_shapes(node.value("output", Json()));
        if (shapes.state == State::kKnown && shapes.shapes.size() == outputs->size())
          claim.declared.push_back(shapes.shapes[i]);
      }
      const auto observed = dims_of((*outputs)[i], run);
      if (!observed || claim.declared.empty()) {
        verdicts.not_checked(info().name, "a shape is not known");
        continue;
      }
      claim.observed = *observed;
      claim.where["layer"] = claim.name;
      judge(claim, verdicts);
    }
  }

  void prediction(const model::Event& event, const model::Call& call, const model::Run& run,
                  Verdicts& verdicts) {
    const auto* model = run.model(event.pid, call.self);
    const Json* outputs = model == nullptr ? nullptr : list_of(model->raw, "outputs");
    if (outputs == nullptr || outputs->size() != 1 || !outputs->front().is_array())
      return verdicts.not_checked(info().name, "the model does not declare one output");
    const Json& output = outputs->front();
    const Json* held = find_layer(model->raw, output[0].get<std::string>());
    const Json* nodes = held == nullptr ? nullptr : list_of(*held, "nodes");
    const auto index = output.at(1).get<std::size_t>();
    const auto observed = dims_of(event.body.value("result", Json()), run);
    if (nodes == nullptr || index >= nodes->size() || !observed || declares_itself(*held))
      return verdicts.not_checked(info().name, "the shape of the output is not known");
    const DeclaredShapes shapes = parse_shapes((*nodes)[index].value("output", Json()));
    const auto tensor = output.at(2).get<std::size_t>();
    if (shapes.state != State::kKnown || tensor >= shapes.shapes.size())
      return verdicts.not_checked(info().name, "the shape of the output is not known");
    judge({"Model.predict", model->name, {shapes.shapes[tensor]}, *observed, where_of(call)},
          verdicts);
  }

  void judge(const Claim& claim, Verdicts& verdicts) {
    for (const Dims& declared : claim.declared)
      if (compatible(declared, claim.observed, 1)) return verdicts.agrees(info().name);
    Finding finding = finding_of(info());
    finding.claimed = json_of(claim.declared.front());
    finding.recomputed = json_of(claim.observed);
    finding.where = claim.where;
    finding.message = claim.what + " \"" + claim.name + "\" gives the shape " +
                      json_of(claim.observed).dump() + " and declares " +
                      json_of(claim.declared.front()).dump() + ".";
    finding.evidence = {{"declared nodes", claim.declared.size()}};
    finding.identity = claim.what + "/" + claim.name;
    verdicts.disagrees(std::move(finding));
  }

  static Json json_of(const Dims& dims) {
    Json out = Json::array();
    for (const auto& size : dims) out.push_back(size ? Json(*size) : Json());
    return out;
  }
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<ObservedShape>(); }};

}  // namespace
}  // namespace kerasan::checks
