// https://keras.io/api/layers/pooling_layers/
#include "reference/shapes/windows.h"

namespace kerasan::reference {
namespace {

template <std::size_t Spatial>
LayerShapes pooling(const Json& config, const std::vector<MaybeDims>& inputs) {
  const MaybeDims input = first_input(inputs);
  const Ints size = get_ints(config, "pool_size", Spatial, Ints(Spatial, 2));
  Json with_strides = config;
  if (!get_ints(config, "strides")) with_strides["strides"] = size;  // the default
  return {{},
          {slid(with_strides, input, Spatial, size, dim(input, channels_first(config) ? 1 : -1))}};
}

template <std::size_t Spatial>
LayerShapes global_pooling(const Json& config, const std::vector<MaybeDims>& inputs) {
  const MaybeDims input = first_input(inputs);
  if (!input) return {{}, {std::nullopt}};
  require(input->size() == Spatial + 2, "an input of another rank");
  const bool first = channels_first(config);
  Dims output{input->front(), dim(input, first ? 1 : -1)};
  if (get_flag(config, "keepdims", false)) {
    const Dim channels = output[1];
    output.assign(Spatial + 2, 1);
    output[0] = input->front();
    output[first ? 1 : Spatial + 1] = channels;
  }
  return {{}, {output}};
}

const ShapesRegistrar registrars[] = {
    {"MaxPooling1D", &pooling<1>},
    {"MaxPooling2D", &pooling<2>},
    {"MaxPooling3D", &pooling<3>},
    {"AveragePooling1D", &pooling<1>},
    {"AveragePooling2D", &pooling<2>},
    {"AveragePooling3D", &pooling<3>},
    {"GlobalMaxPooling1D", &global_pooling<1>},
    {"GlobalMaxPooling2D", &global_pooling<2>},
    {"GlobalMaxPooling3D", &global_pooling<3>},
    {"GlobalAveragePooling1D", &global_pooling<1>},
    {"GlobalAveragePooling2D", &global_pooling<2>},
    {"GlobalAveragePooling3D", &global_pooling<3>},
};

}  // namespace
}  // namespace kerasan::reference
