#include "reference/layer_shapes.h"

#include <exception>

#include "reference/registry.h"

namespace kerasan::reference {
namespace {

constexpr std::int64_t kMostOfDimension = std::int64_t{1} << 40;  // sums with it do not overflow

Registry<ShapesFunction>& registry() {
  static Registry<ShapesFunction> all("layer shapes");
  return all;
}

}  // namespace

ShapesRegistrar::ShapesRegistrar(std::string_view class_name, ShapesFunction function) {
  registry().add(class_name, function);
}

ShapesOrReason layer_shapes(const std::string& class_name, const nlohmann::json& config,
                            const std::vector<MaybeDims>& inputs) {
  const ShapesFunction function = registry().find(class_name);
  if (function == nullptr) return {std::nullopt, "no shapes are known of " + class_name};
  try {
    for (const MaybeDims& input : inputs)
      for (const auto& dim : input.value_or(Dims()))
        if (dim.value_or(0) > kMostOfDimension)
          return {std::nullopt, class_name + ": a dimension that is too large"};
    return {function(config, inputs), ""};
  } catch (const std::exception& error) {
    return {std::nullopt, class_name + ": " + error.what()};
  }
}

}  // namespace kerasan::reference
