// https://keras.io/api/layers/convolution_layers/
#include "reference/shapes/dims.h"
#include "reference/shapes/windows.h"

namespace kerasan::reference {
namespace {

struct ConvArguments {
  ConvArguments(const Json& config, const std::vector<MaybeDims>& inputs, std::size_t spatial)
      : input(first_input(inputs)),
        size(get_ints(config, "kernel_size", spatial, {})),
        first(channels_first(config)) {
    require(size.size() == spatial, "no argument kernel_size");
    require(!input || input->size() == spatial + 2, "an input of another rank");
    channels = dim(input, first ? 1 : -1);
  }
  Dims kernel(std::initializer_list<Dim> rest) const {
    Dims shape(size.begin(), size.end());
    shape.insert(shape.end(), rest);
    return shape;
  }
  MaybeDims input;
  Ints size;
  bool first;
  Dim channels;
};

void add_bias(const Json& config, const Dim& size, LayerShapes& out) {
  if (get_flag(config, "use_bias", true)) out.weights.push_back({"bias", {size}, true, ""});
}

template <std::size_t Spatial>
LayerShapes conv(const Json& config, const std::vector<MaybeDims>& inputs) {
  const ConvArguments a(config, inputs, Spatial);
  const std::int64_t filters = need_count(config, "filters");
  const auto groups = static_cast<std::int64_t>(get_number(config, "groups", 1));
  require(groups > 0, "no groups");
  const Dim inner = a.channels ? Dim(*a.channels / groups) : Dim();
  LayerShapes out{{{"kernel", a.kernel({inner, filters}), true, ""}}, {}};
  add_bias(config, filters, out);
  out.outputs = {slid(config, a.input, Spatial, a.size, filters)};
  return out;
}

// The output of a transposed convolution depends on output_padding: its spatial sizes are left
// open.
template <std::size_t Spatial>
LayerShapes transposed(const Json& config, const std::vector<MaybeDims>& inputs) {
  const ConvArguments a(config, inputs, Spatial);
  const std::int64_t filters = need_count(config, "filters");
  LayerShapes out{{{"kernel", a.kernel({filters, a.channels}), true, ""}}, {}};
  add_bias(config, filters, out);
  if (a.input) {
    Dims output(Spatial + 2);
    output[0] = a.input->front();
    output[a.first ? 1 : Spatial + 1] = filters;
    out.outputs = {output};
  }
  return out;
}

template <std::size_t Spatial>
LayerShapes depthwise(const Json& config, const std::vector<MaybeDims>& inputs) {
  const ConvArguments a(config, inputs, Spatial);
  const auto multiplier = static_cast<std::int64_t>(get_number(config, "depth_multiplier", 1));
  const Dim filters = times(a.channels, multiplier);
  // Keras 2 names it "depthwise_kernel", Keras 3 "kernel".
  LayerShapes out{{{"", a.kernel({a.channels, multiplier}), true, ""}}, {}};
  add_bias(config, filters, out);
  out.outputs = {slid(config, a.input, Spatial, a.size, filters)};
  return out;
}

template <std::size_t Spatial>
LayerShapes separable(const Json& config, const std::vector<MaybeDims>& inputs) {
  const ConvArguments a(config, inputs, Spatial);
  const std::int64_t filters = need_count(config, "filters");
  const auto multiplier = static_cast<std::int64_t>(get_number(config, "depth_multiplier", 1));
  Dims pointwise(Spatial, 1);
  pointwise.push_back(times(a.channels, multiplier));
  pointwise.push_back(filters);
  LayerShapes out{{{"depthwise_kernel", a.kernel({a.channels, multiplier}), true, ""},
                   {"pointwise_kernel", pointwise, true, ""}},
                  {}};
  add_bias(config, filters, out);
  out.outputs = {slid(config, a.input, Spatial, a.size, filters)};
  return out;
}

const ShapesRegistrar registrars[] = {
    {"Conv1D", &conv<1>},
    {"Conv2D", &conv<2>},
    {"Conv3D", &conv<3>},
    {"Conv1DTranspose", &transposed<1>},
    {"Conv2DTranspose", &transposed<2>},
    {"Conv3DTranspose", &transposed<3>},
    {"DepthwiseConv1D", &depthwise<1>},
    {"DepthwiseConv2D", &depthwise<2>},
    {"SeparableConv1D", &separable<1>},
    {"SeparableConv2D", &separable<2>},
};

}  // namespace
}  // namespace kerasan::reference
