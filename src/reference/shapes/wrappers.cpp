// https://keras.io/api/layers/recurrent_layers/bidirectional/ and /time_distributed/
#include "reference/shapes/dims.h"

namespace kerasan::reference {
namespace {

LayerShapes inner_shapes(const Json& config, const char* key,
                         const std::vector<MaybeDims>& inputs) {
  const auto inner = get_layer(config, key);
  require(inner.has_value(), std::string("no ") + key);
  ShapesOrReason found = layer_shapes(inner->class_name, inner->config, inputs);
  require(found.shapes.has_value(), found.reason);
  return std::move(*found.shapes);
}

void add_inside(const LayerShapes& inner, const std::string& part, LayerShapes& out) {
  for (WeightShape weight : inner.weights) {
    weight.part = part + weight.part;
    out.weights.push_back(std::move(weight));
  }
}

LayerShapes bidirectional(const Json& config, const std::vector<MaybeDims>& inputs) {
  const LayerShapes forward = inner_shapes(config, "layer", inputs);
  const bool own = config.contains("backward_layer") && !config["backward_layer"].is_null();
  const LayerShapes backward = own ? inner_shapes(config, "backward_layer", inputs) : forward;
  LayerShapes out;
  add_inside(forward, "forward_layer/", out);
  add_inside(backward, "backward_layer/", out);
  if (forward.outputs.size() != 1 || backward.outputs.size() != 1 || !forward.outputs[0] ||
      !backward.outputs[0]) {
    return out;
  }
  const bool told = config.contains("merge_mode");
  if (told && config["merge_mode"].is_null()) {
    out.outputs = {forward.outputs[0], backward.outputs[0]};
    return out;
  }
  Dims merged = *forward.outputs[0];
  if (get_text(config, "merge_mode", "concat") == "concat") {
    const Dim other = backward.outputs[0]->back();
    merged.back() = merged.back() && other ? Dim(*merged.back() + *other) : Dim();
  }
  out.outputs = {merged};
  return out;
}

LayerShapes time_distributed(const Json& config, const std::vector<MaybeDims>& inputs) {
  const MaybeDims input = first_input(inputs);
  MaybeDims step = input;
  if (step) {
    require(step->size() >= 2, "an input without time");
    step->erase(step->begin() + 1);
  }
  const LayerShapes inner = inner_shapes(config, "layer", {step});
  LayerShapes out;
  add_inside(inner, "layer/", out);
  if (inner.outputs.size() == 1 && inner.outputs[0] && input) {
    Dims output = *inner.outputs[0];
    output.insert(output.begin() + 1, (*input)[1]);
    out.outputs = {output};
  }
  return out;
}

const ShapesRegistrar bidirectional_registrar{"Bidirectional", &bidirectional};
const ShapesRegistrar time_distributed_registrar{"TimeDistributed", &time_distributed};

}  // namespace
}  // namespace kerasan::reference
