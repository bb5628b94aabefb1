// The shapes of a layer's weights and outputs, from its config and the shapes of its inputs.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/declared_shape.h"

namespace kerasan::reference {

using MaybeDims = std::optional<Dims>;  // nullopt: not even the rank is known

struct WeightShape {
  std::string name;  // "kernel", "bias", ...
  Dims shape;
  bool trainable = true;  // of a layer that is not frozen
  std::string part;       // the object inside of the layer that holds it: "cell/"; mostly empty
};

// Batch axis first. Weights: trainable ones, then the others, as Keras lists them.
struct LayerShapes {
  std::vector<WeightShape> weights;
  std::vector<MaybeDims> outputs;  // empty: not known
};

// Argument names in `config` are Keras's own. Throws Unsupported (reference/ops/guard.h).
using ShapesFunction = LayerShapes (*)(const nlohmann::json& config,
                                       const std::vector<MaybeDims>& inputs);

// Used once for each class, at namespace scope.
struct ShapesRegistrar {
  ShapesRegistrar(std::string_view class_name, ShapesFunction function);
};

struct ShapesOrReason {
  std::optional<LayerShapes> shapes;
  std::string reason;  // why they are not known
};
// Never throws.
ShapesOrReason layer_shapes(const std::string& class_name, const nlohmann::json& config,
                            const std::vector<MaybeDims>& inputs);

}  // namespace kerasan::reference
