// SeparableConv1D and SeparableConv2D: a depthwise convolution, then one of size 1 over its
// channels.
#include "reference/ops/config.h"
#include "reference/ops/conv.h"
#include "reference/ops/guard.h"
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
  const Windows windows = make_windows(call, x, spatial, size);
  for (Bounded* kernel : {&depthwise, &pointwise})
    if (spatial == 1) kernel->shape.insert(kernel->shape.begin(), 1);
  const Shape s = depthwise.shape;
  const Precision p = precision_of(call);
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

}  // namespace
}  // namespace kerasan::reference
