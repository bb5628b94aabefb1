// SeparableConv1D and SeparableConv2D: a depthwise convolution, then one of size 1 over its
// channels.
#include "reference/ops/config.h"
#include "reference/ops/conv.h"
#include "reference/ops/conv_reverse.h"
#include "reference/ops/guard.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

Bounded separable(const LayerCall& call, std::size_t spatial) {
  const Bounded x = to_image(call.inputs[0], spatial, channels_first(call.config));
  Bounded depthwise = get_weight(call, "depthwise_kernel");
  Bounded pointwise = get_weight(call, "pointwise_kernel");
  require(depthwise.shape.size() == spatial + 2 && pointwise.shape.size() == spatial + 2,
          "kernel of unexpected rank");
  const Ints size(depthwise.shape.begin(), depthwise.shape.begin() + std::ptrdiff_t(spatial));
  const Windows windows = make_windows(call, x.shape, spatial, size);
  for (Bounded* kernel : {&depthwise, &pointwise})
    if (spatial == 1) kernel->shape.insert(kernel->shape.begin(), 1);
  const Shape s = depthwise.shape;
  const Precision p = convolution_of(call);
  const Bounded middle = convolve_depthwise(x, depthwise, windows, p);
  const Window rows = make_window(middle.shape[1], 1, 1, 1, "valid");
  const Window columns = make_window(middle.shape[2], 1, 1, 1, "valid");
  return finish_conv(call, convolve(middle, pointwise, rows, columns, 1, p), spatial,
                     double(s[0] * s[1] * s[2] * s[3]));
}

Bounded separable1d(const LayerCall& call) { return separable(call, 1); }
Bounded separable2d(const LayerCall& call) { return separable(call, 2); }

const LayerRegistrar registrars[] = {
    {"SeparableConv1D", &checked<separable1d>},
    {"SeparableConvolution1D", &checked<separable1d>},
    {"SeparableConv2D", &checked<separable2d>},
    {"SeparableConvolution2D", &checked<separable2d>},
};

LayerGradient separable_reverse(const LayerCall& call, const Bounded& seed, std::size_t spatial) {
  const Precision p = convolution_of(call);
  const bool first = channels_first(call.config);
  const Bounded x = to_image(call.inputs[0], spatial, first);
  Bounded depthwise = get_weight(call, "depthwise_kernel");
  Bounded pointwise = get_weight(call, "pointwise_kernel");
  const Ints size(depthwise.shape.begin(), depthwise.shape.begin() + std::ptrdiff_t(spatial));
  const Windows windows = make_windows(call, x.shape, spatial, size);
  for (Bounded* kernel : {&depthwise, &pointwise})
    if (spatial == 1) kernel->shape.insert(kernel->shape.begin(), 1);
  const Shape s = depthwise.shape;
  const Bounded middle = convolve_depthwise(x, depthwise, windows, p);
  const Window rows = make_window(middle.shape[1], 1, 1, 1, "valid");
  const Window columns = make_window(middle.shape[2], 1, 1, 1, "valid");
  LayerGradient out = gradient_by_input(call, {});
  const Summed sum{[&] { return convolve(middle, pointwise, rows, columns, 1, p); },
                   double(s[0] * s[1] * s[2] * s[3])};
  const Bounded inner = finish_conv_reverse(call, sum, seed, spatial, out);
  ConvGradient by = convolve_reverse(middle, pointwise, inner, rows, columns, 1, p);
  set_gradient(out, call, "pointwise_kernel", std::move(by.kernel));
  by = convolve_depthwise_reverse(x, depthwise, by.input, windows, p);
  set_gradient(out, call, "depthwise_kernel", std::move(by.kernel));
  out.inputs[0] = from_image(std::move(by.input), spatial, first);
  return out;
}

LayerGradient separable1d_reverse(const LayerCall& call, const Bounded& seed) {
  return separable_reverse(call, seed, 1);
}
LayerGradient separable2d_reverse(const LayerCall& call, const Bounded& seed) {
  return separable_reverse(call, seed, 2);
}

const LayerGradientRegistrar reverse[] = {
    {"SeparableConv1D", &reversed<separable1d_reverse>},
    {"SeparableConvolution1D", &reversed<separable1d_reverse>},
    {"SeparableConv2D", &reversed<separable2d_reverse>},
    {"SeparableConvolution2D", &reversed<separable2d_reverse>},
};

}  // namespace
}  // namespace kerasan::reference
