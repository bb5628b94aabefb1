// https://keras.io/api/layers/normalization_layers/
#include "reference/shapes/dims.h"

namespace kerasan::reference {
namespace {

// The dimensions of the given axes; [-1] where no axis is told.
Dims of_axes(const Json& config, const MaybeDims& input) {
  const Ints axes = get_ints(config, "axis").value_or(Ints{-1});
  Dims shape;
  for (const std::int64_t axis : axes) shape.push_back(dim(input, axis));
  return shape;
}

LayerShapes batch_normalization(const Json& config, const std::vector<MaybeDims>& inputs) {
  require(!get_flag(config, "renorm", false), "renorm");
  require(get_number(config, "virtual_batch_size", 0) == 0, "virtual_batch_size");
  const MaybeDims input = first_input(inputs);
  const Dims shape = of_axes(config, input);
  require(shape.size() == 1, "more than one axis");
  LayerShapes out;
  if (get_flag(config, "scale", true)) out.weights.push_back({"gamma", shape, true, ""});
  if (get_flag(config, "center", true)) out.weights.push_back({"beta", shape, true, ""});
  out.weights.push_back({"moving_mean", shape, false, ""});
  out.weights.push_back({"moving_variance", shape, false, ""});
  out.outputs = {input};
  return out;
}

LayerShapes layer_normalization(const Json& config, const std::vector<MaybeDims>& inputs) {
  require(!get_flag(config, "rms_scaling", false), "rms_scaling");
  const MaybeDims input = first_input(inputs);
  const Dims shape = of_axes(config, input);
  LayerShapes out;
  if (get_flag(config, "scale", true)) out.weights.push_back({"gamma", shape, true, ""});
  if (get_flag(config, "center", true)) out.weights.push_back({"beta", shape, true, ""});
  out.outputs = {input};
  return out;
}

LayerShapes group_normalization(const Json& config, const std::vector<MaybeDims>& inputs) {
  LayerShapes out = layer_normalization(config, inputs);
  require(out.weights.empty() || out.weights.front().shape.size() == 1, "more than one axis");
  return out;
}

LayerShapes unit_normalization(const Json&, const std::vector<MaybeDims>& inputs) {
  return {{}, {first_input(inputs)}};
}

const ShapesRegistrar registrars[] = {
    {"BatchNormalization", &batch_normalization},
    {"LayerNormalization", &layer_normalization},
    {"GroupNormalization", &group_normalization},
    {"UnitNormalization", &unit_normalization},
};

}  // namespace
}  // namespace kerasan::reference
