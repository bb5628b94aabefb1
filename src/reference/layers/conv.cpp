// Conv1D, Conv2D and DepthwiseConv2D. The bound is that of direct summation in any order;
// Winograd forms, which lose a few more bits, are not covered when they use all of it.
#include "reference/ops/conv.h"

#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/shape.h"
#include "reference/ops/conv_reverse.h"
#include "reference/ops/reverse.h"

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

LayerGradient conv_reverse(const LayerCall& call, const Bounded& seed, std::size_t spatial) {
  const Precision p = precision_of(call);
  const bool first = channels_first(call.config);
  const Bounded x = to_image(call.inputs[0], spatial, first);
  const Bounded& weight = get_weight(call, "kernel");
  require(weight.shape.size() == spatial + 2, "kernel of unexpected rank");
  const Windows w = make_windows(
      call, x, spatial, Ints(weight.shape.begin(), weight.shape.begin() + std::ptrdiff_t(spatial)));
  Bounded kernel = weight;
  if (spatial == 1) kernel.shape.insert(kernel.shape.begin(), 1);
  const auto groups = std::int64_t(get_number(call.config, "groups", 1));
  LayerGradient out = gradient_by_input(call, {});
  const double terms = double(w.rows.size * w.columns.size * kernel.shape[2]);
  const Bounded sum = convolve(x, kernel, w.rows, w.columns, groups, p);
  const Bounded inner = finish_conv_reverse(call, sum, seed, spatial, terms, out);
  ConvGradient by = convolve_reverse(x, kernel, inner, w.rows, w.columns, groups, p);
  set_gradient(out, call, "kernel", std::move(by.kernel));
  out.inputs[0] = from_image(std::move(by.input), spatial, first);
  return out;
}

LayerGradient conv1d_reverse(const LayerCall& call, const Bounded& seed) {
  return conv_reverse(call, seed, 1);
}
LayerGradient conv2d_reverse(const LayerCall& call, const Bounded& seed) {
  return conv_reverse(call, seed, 2);
}

LayerGradient depthwise_conv2d_reverse(const LayerCall& call, const Bounded& seed) {
  const Precision p = precision_of(call);
  const bool first = channels_first(call.config);
  const Bounded x = to_image(call.inputs[0], 2, first);
  const std::string name =
      find_weight(call, "depthwise_kernel") != nullptr ? "depthwise_kernel" : "kernel";
  const Bounded& weight = get_weight(call, name);
  require(weight.shape.size() == 4, "kernel of unexpected rank");
  const Windows w = make_windows(call, x, 2, {weight.shape[0], weight.shape[1]});
  LayerGradient out = gradient_by_input(call, {});
  const Bounded sum = convolve_depthwise(x, weight, w, p);
  const Bounded inner = finish_conv_reverse(call, sum, seed, 2,
                                            double(weight.shape[0] * weight.shape[1]), out);
  ConvGradient by = convolve_depthwise_reverse(x, weight, inner, w, p);
  set_gradient(out, call, name, std::move(by.kernel));
  out.inputs[0] = from_image(std::move(by.input), 2, first);
  return out;
}

const LayerGradientRegistrar reverse[] = {
    {"Conv1D", &reversed<conv1d_reverse>},
    {"Convolution1D", &reversed<conv1d_reverse>},
    {"Conv2D", &reversed<conv2d_reverse>},
    {"Convolution2D", &reversed<conv2d_reverse>},
    {"DepthwiseConv2D", &reversed<depthwise_conv2d_reverse>},
};

}  // namespace
}  // namespace kerasan::reference
