// Conv1D, Conv2D and DepthwiseConv2D. The bound is that of direct summation in any order;
// Winograd forms, which lose a few more bits, are not covered when they use all of it.
#include "reference/ops/conv.h"

#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

Bounded conv(const LayerCall& call, std::size_t spatial) {
  const Bounded x = to_image(call.inputs[0], spatial, channels_first(call.config));
  Bounded kernel = get_weight(call, "kernel");
  require(kernel.shape.size() == spatial + 2, "kernel of unexpected rank");
  const Ints size(kernel.shape.begin(), kernel.shape.begin() + spatial);
  const Windows windows = make_windows(call, x, spatial, size);
  if (spatial == 1) kernel.shape.insert(kernel.shape.begin(), 1);
  const auto groups = std::int64_t(get_number(call.config, "groups", 1));
  const double terms = double(windows.rows.size * windows.columns.size * kernel.shape[2]);
  return finish_conv(call,
                     convolve(x, kernel, windows.rows, windows.columns, groups, precision_of(call)),
                     spatial, terms);
}

Bounded conv1d(const LayerCall& call) { return conv(call, 1); }
Bounded conv2d(const LayerCall& call) { return conv(call, 2); }

Bounded depthwise_conv2d(const LayerCall& call) {
  const Bounded x = to_image(call.inputs[0], 2, channels_first(call.config));
  const Bounded* found = find_weight(call, "depthwise_kernel");
  const Bounded& weight = found != nullptr ? *found : get_weight(call, "kernel");
  require(weight.shape.size() == 4, "kernel of unexpected rank");
  const Shape& s = weight.shape;
  const Windows windows = make_windows(call, x, 2, {s[0], s[1]});
  return finish_conv(call, convolve_depthwise(x, weight, windows, precision_of(call)), 2,
                     double(s[0] * s[1]));
}

const LayerRegistrar registrars[] = {
    {"Conv1D", &checked<conv1d>},
    {"Convolution1D", &checked<conv1d>},
    {"Conv2D", &checked<conv2d>},
    {"Convolution2D", &checked<conv2d>},
    {"DepthwiseConv2D", &checked<depthwise_conv2d>},
};

}  // namespace
}  // namespace kerasan::reference
