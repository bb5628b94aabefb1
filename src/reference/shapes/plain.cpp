// Layers without weights, and PReLU. https://keras.io/api/layers/
#include <algorithm>

#include "reference/shapes/dims.h"

namespace kerasan::reference {
namespace {

LayerShapes unchanged(const Json&, const std::vector<MaybeDims>& inputs) {
  return {{}, {first_input(inputs)}};
}

LayerShapes p_relu(const Json& config, const std::vector<MaybeDims>& inputs) {
  const MaybeDims input = first_input(inputs);
  require(input.has_value(), "an input of unknown rank");
  Dims alpha(input->begin() + 1, input->end());
  for (const std::int64_t axis : get_ints(config, "shared_axes").value_or(Ints())) {
    require(axis >= 1 && static_cast<std::size_t>(axis) <= alpha.size(), "a shared axis");
    alpha[static_cast<std::size_t>(axis - 1)] = 1;
  }
  return {{{"alpha", alpha, true, ""}}, {input}};
}

Dim product(const Dims& shape, std::size_t from) {
  Dim all = 1;
  for (std::size_t i = from; i < shape.size(); ++i) all = times(all, shape[i]);
  return all;
}

LayerShapes flatten(const Json&, const std::vector<MaybeDims>& inputs) {
  const MaybeDims input = first_input(inputs);
  if (!input) return {{}, {std::nullopt}};
  return {{}, {Dims{input->front(), product(*input, 1)}}};
}

LayerShapes reshape(const Json& config, const std::vector<MaybeDims>& inputs) {
  const MaybeDims input = first_input(inputs);
  const Ints target = get_ints(config, "target_shape").value_or(Ints());
  Dims output{input ? input->front() : Dim()};
  std::int64_t known = 1;
  for (const std::int64_t size : target) {
    output.push_back(size < 0 ? Dim() : Dim(size));
    if (size > 0) known = product_of(known, size);
  }
  const Dim whole = input ? product(*input, 1) : Dim();
  if (whole && known > 0) {
    for (std::size_t i = 0; i < target.size(); ++i) {
      if (target[i] < 0) output[i + 1] = *whole / known;
    }
  }
  return {{}, {output}};
}

LayerShapes zero_padding_2d(const Json& config, const std::vector<MaybeDims>& inputs) {
  MaybeDims output = first_input(inputs);
  if (!output) return {{}, {output}};
  Ints pad = get_ints(config, "padding").value_or(Ints{1});
  if (pad.size() == 1) pad.assign(4, pad.front());
  if (pad.size() == 2) pad = {pad[0], pad[0], pad[1], pad[1]};
  require(pad.size() == 4 && output->size() == 4, "padding of another form");
  const std::size_t row = channels_first(config) ? 2 : 1;
  for (std::size_t i = 0; i < 2; ++i) {
    if (Dim& n = (*output)[row + i]) n = *n + pad[2 * i] + pad[2 * i + 1];
  }
  return {{}, {output}};
}

// Broadcasting among inputs is left open.
LayerShapes merged(const Json&, const std::vector<MaybeDims>& inputs) {
  const MaybeDims input = first_input(inputs);
  const bool same = std::all_of(inputs.begin(), inputs.end(), [&](const MaybeDims& other) {
    return other && input && *other == *input;
  });
  return {{}, {same ? input : MaybeDims()}};
}

LayerShapes concatenate(const Json& config, const std::vector<MaybeDims>& inputs) {
  MaybeDims output = first_input(inputs);
  if (!output) return {{}, {output}};
  auto axis = static_cast<std::int64_t>(get_number(config, "axis", -1));
  if (axis < 0) axis += static_cast<std::int64_t>(output->size());
  Dim sum = 0;
  for (const MaybeDims& input : inputs) {
    const Dim part = dim(input, axis);
    sum = sum && part ? Dim(*sum + *part) : Dim();
  }
  require(axis >= 0 && static_cast<std::size_t>(axis) < output->size(), "an axis outside");
  (*output)[static_cast<std::size_t>(axis)] = sum;
  return {{}, {output}};
}

const ShapesRegistrar registrars[] = {
    {"Activation", &unchanged},
    {"Dropout", &unchanged},
    {"SpatialDropout1D", &unchanged},
    {"SpatialDropout2D", &unchanged},
    {"SpatialDropout3D", &unchanged},
    {"GaussianNoise", &unchanged},
    {"GaussianDropout", &unchanged},
    {"AlphaDropout", &unchanged},
    {"ActivityRegularization", &unchanged},
    {"ReLU", &unchanged},
    {"LeakyReLU", &unchanged},
    {"ELU", &unchanged},
    {"Softmax", &unchanged},
    {"ThresholdedReLU", &unchanged},
    {"Masking", &unchanged},
    {"PReLU", &p_relu},
    {"Flatten", &flatten},
    {"Reshape", &reshape},
    {"ZeroPadding2D", &zero_padding_2d},
    {"Add", &merged},
    {"Multiply", &merged},
    {"Average", &merged},
    {"Maximum", &merged},
    {"Minimum", &merged},
    {"Subtract", &merged},
    {"Concatenate", &concatenate},
};

}  // namespace
}  // namespace kerasan::reference
