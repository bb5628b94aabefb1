// Conv1D, Conv2D, Conv3D, DepthwiseConv1D and DepthwiseConv2D. The bound is that of direct
// summation in any order; Winograd forms, which lose a few more bits, are not covered when they use
// all of it.
#include "reference/ops/conv.h"

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/conv_reverse.h"
#include "reference/ops/guard.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

Windows windows_of(const LayerCall& call, const Volume& x, const Shape& kernel) {
  const std::size_t spatial = kernel.size() - 2;
  return make_windows(call, x.shape, spatial,
                      Ints(kernel.begin(), kernel.begin() + std::ptrdiff_t(spatial)));
}

Bounded conv(const LayerCall& call, std::size_t spatial) {
  const InputVolume input(call, spatial);
  const Bounded& weight = get_weight(call, "kernel");
  const Bounded kernel = kernel_to_volume(weight, spatial);
  const auto groups = std::int64_t(get_number(call.config, "groups", 1));
  const Shape& s = kernel.shape;
  const Windows windows = windows_of(call, input.volume(), weight.shape);
  const Precision p = convolution_of(call);
  const std::string name = activation_name(call.config, "activation", "linear");
  AfterSum after{nullptr, double(s[0] * s[1] * s[2] * s[3]), name == "relu"};
  if (get_flag(call.config, "use_bias", true)) after.bias = &get_weight(call, "bias");
  Bounded y = from_volume(convolve_volume(input.volume(), kernel, windows, groups, p, after),
                          spatial, channels_first(call.config));
  if (after.rectified) return y;
  return activate(name, std::move(y), p);
}

Bounded conv1d(const LayerCall& call) { return conv(call, 1); }
Bounded conv2d(const LayerCall& call) { return conv(call, 2); }
Bounded conv3d(const LayerCall& call) { return conv(call, 3); }

Bounded depthwise(const LayerCall& call, std::size_t spatial) {
  const Bounded x = to_image(call.inputs[0], spatial, channels_first(call.config));
  const Bounded* found = find_weight(call, "depthwise_kernel");
  Bounded weight = found != nullptr ? *found : get_weight(call, "kernel");
  require(weight.shape.size() == spatial + 2, "kernel of unexpected rank");
  if (spatial == 1) weight.shape.insert(weight.shape.begin(), 1);
  const Shape s = weight.shape;
  const Ints size(s.begin() + std::ptrdiff_t(2 - spatial), s.begin() + 2);
  const Windows windows = make_windows(call, x.shape, spatial, size);
  return finish_conv(call, convolve_depthwise(x, weight, windows, convolution_of(call)), spatial,
                     double(s[0] * s[1]));
}

Bounded depthwise_conv1d(const LayerCall& call) { return depthwise(call, 1); }
Bounded depthwise_conv2d(const LayerCall& call) { return depthwise(call, 2); }

const LayerRegistrar registrars[] = {
    {"Conv1D", &checked<conv1d>},
    {"Convolution1D", &checked<conv1d>},
    {"Conv2D", &checked<conv2d>},
    {"Convolution2D", &checked<conv2d>},
    {"Conv3D", &checked<conv3d>},
    {"Convolution3D", &checked<conv3d>},
    {"DepthwiseConv1D", &checked<depthwise_conv1d>},
    {"DepthwiseConv2D", &checked<depthwise_conv2d>},
};

LayerGradient conv_reverse(const LayerCall& call, const Bounded& seed, std::size_t spatial) {
  const Precision p = convolution_of(call);
  const InputVolume input(call, spatial);
  const Volume& x = input.volume();
  const Bounded& weight = get_weight(call, "kernel");
  const Bounded kernel = kernel_to_volume(weight, spatial);
  const Windows w = windows_of(call, x, weight.shape);
  const auto groups = std::int64_t(get_number(call.config, "groups", 1));
  LayerGradient out = gradient_by_input(call, {});
  const auto give = [&](ConvGradient by) {
    set_gradient(out, call, "kernel", std::move(by.kernel));
    if (call.input_gradient)
      out.inputs[0] = from_volume(std::move(by.input), spatial, channels_first(call.config));
  };
  const std::string name = activation_name(call.config, "activation", "linear");
  const bool rectified =
      name == "relu" && call.output != nullptr && call.output->shape == seed.shape;
  if (groups == 1 && !channels_first(call.config) && (rectified || name == "linear")) {
    ConvGradient by = convolve_volume_reverse(
        x, kernel, seed, w, 1, p, {call.input_gradient, rectified ? call.output : nullptr});
    if (get_flag(call.config, "use_bias", true))
      set_gradient(out, call, "bias", std::move(by.bias));
    give(std::move(by));
    return out;
  }
  const Shape& s = kernel.shape;
  const Summed sum{[&] { return convolve_volume(x, kernel, w, groups, p); },
                   double(s[0] * s[1] * s[2] * s[3]), true};
  const Bounded inner = finish_conv_reverse(call, sum, seed, spatial, out);
  give(convolve_volume_reverse(x, kernel, inner, w, groups, p, {call.input_gradient}));
  return out;
}

LayerGradient conv1d_reverse(const LayerCall& call, const Bounded& seed) {
  return conv_reverse(call, seed, 1);
}
LayerGradient conv2d_reverse(const LayerCall& call, const Bounded& seed) {
  return conv_reverse(call, seed, 2);
}
LayerGradient conv3d_reverse(const LayerCall& call, const Bounded& seed) {
  return conv_reverse(call, seed, 3);
}

LayerGradient depthwise_reverse(const LayerCall& call, const Bounded& seed, std::size_t spatial) {
  const Precision p = convolution_of(call);
  const bool first = channels_first(call.config);
  const Bounded x = to_image(call.inputs[0], spatial, first);
  const std::string name =
      find_weight(call, "depthwise_kernel") != nullptr ? "depthwise_kernel" : "kernel";
  Bounded weight = get_weight(call, name);
  require(weight.shape.size() == spatial + 2, "kernel of unexpected rank");
  if (spatial == 1) weight.shape.insert(weight.shape.begin(), 1);
  const Shape& s = weight.shape;
  const Ints size(s.begin() + std::ptrdiff_t(2 - spatial), s.begin() + 2);
  const Windows w = make_windows(call, x.shape, spatial, size);
  LayerGradient out = gradient_by_input(call, {});
  const Summed sum{[&] { return convolve_depthwise(x, weight, w, p); }, double(s[0] * s[1])};
  const Bounded inner = finish_conv_reverse(call, sum, seed, spatial, out);
  ConvGradient by = convolve_depthwise_reverse(x, weight, inner, w, p);
  set_gradient(out, call, name, std::move(by.kernel));
  out.inputs[0] = from_image(std::move(by.input), spatial, first);
  return out;
}

LayerGradient depthwise_conv1d_reverse(const LayerCall& call, const Bounded& seed) {
  return depthwise_reverse(call, seed, 1);
}
LayerGradient depthwise_conv2d_reverse(const LayerCall& call, const Bounded& seed) {
  return depthwise_reverse(call, seed, 2);
}

const LayerGradientRegistrar reverse[] = {
    {"Conv1D", &reversed<conv1d_reverse>},
    {"Convolution1D", &reversed<conv1d_reverse>},
    {"Conv2D", &reversed<conv2d_reverse>},
    {"Convolution2D", &reversed<conv2d_reverse>},
    {"Conv3D", &reversed<conv3d_reverse>},
    {"Convolution3D", &reversed<conv3d_reverse>},
    {"DepthwiseConv1D", &reversed<depthwise_conv1d_reverse>},
    {"DepthwiseConv2D", &reversed<depthwise_conv2d_reverse>},
};

}  // namespace
}  // namespace kerasan::reference
