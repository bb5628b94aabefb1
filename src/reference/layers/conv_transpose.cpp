// Conv1DTranspose, Conv2DTranspose and Conv3DTranspose: the transpose of a convolution as a linear
// map (Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning", chapter 4).
// Computed as a plain convolution with the kernel turned round, over the input with stride - 1
// zeros between elements.
#include <algorithm>
#include <array>
#include <optional>

#include "reference/ops/config.h"
#include "reference/ops/conv.h"
#include "reference/ops/conv_reverse.h"
#include "reference/ops/guard.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// What the layer says of one spatial axis.
struct Axis {
  std::int64_t n = 1, size = 1, stride = 1, dilation = 1;
  std::optional<std::int64_t> output_padding;
};

// Positions on the spread-out input. With output_padding the length is, as documented,
// (n - 1) stride + reach - 2 padding + output_padding, where "same" has padding reach // 2. What
// "same" cuts off is shared by both edges, the odd element after.
Window transposed(const Axis& axis, const std::string& padding) {
  const bool same = padding == "same";
  require(same || padding == "valid", "padding " + padding);
  const std::int64_t reach = (axis.size - 1) * axis.dilation + 1;
  const std::int64_t full = (axis.n - 1) * axis.stride + reach;
  std::int64_t outputs = 0;
  if (axis.output_padding)
    outputs = full - (same ? 2 * (reach / 2) : 0) + *axis.output_padding;
  else
    outputs = same ? axis.n * axis.stride : std::max(full, axis.n * axis.stride);
  require(outputs > 0, "no output positions");
  const std::int64_t cut = same ? std::max<std::int64_t>(0, full - outputs) / 2 : 0;
  return {axis.size, 1, axis.dilation, reach - 1 - cut, outputs};
}

// The input with stride - 1 zeros between elements along the three axes.
Bounded spread(const Bounded& x, const std::array<Axis, 3>& axes) {
  Shape shape = x.shape;
  for (std::size_t i = 0; i < 3; ++i) {
    require(axes[i].n > 0, "no elements");
    shape[i + 1] = (axes[i].n - 1) * axes[i].stride + 1;
  }
  return gather(x, shape, [&](std::size_t axis, std::int64_t i) -> std::int64_t {
    if (axis == 0 || axis == 4) return i;
    const std::int64_t stride = axes[axis - 1].stride;
    return i % stride == 0 ? i / stride : -1;
  });
}

std::array<Axis, 3> axes_of(const LayerCall& call, const Bounded& x, const Shape& kernel,
                            std::size_t spatial) {
  const Ints strides = get_ints(call.config, "strides", spatial, Ints(spatial, 1));
  const Ints dilation = get_ints(call.config, "dilation_rate", spatial, Ints(spatial, 1));
  const bool padded = get_ints(call.config, "output_padding").has_value();
  const Ints padding = get_ints(call.config, "output_padding", spatial, Ints(spatial, 0));
  std::array<Axis, 3> axes;
  for (std::size_t i = 0; i < 3; ++i) axes[i].n = x.shape[i + 1], axes[i].size = kernel[i];
  for (std::size_t i = 0; i < spatial; ++i) {
    Axis& axis = axes[3 - spatial + i];
    axis.stride = strides[i];
    axis.dilation = dilation[i];
    if (padded) axis.output_padding = padding[i];
  }
  return axes;
}

Bounded turned_round(const Bounded& kernel) {
  const Shape& s = kernel.shape;
  return gather(kernel, s,
                [&](std::size_t axis, std::int64_t i) { return axis < 3 ? s[axis] - 1 - i : i; });
}

// The plain convolution that it is.
struct Plain {
  Bounded x, kernel;  // spread out; turned round, with inputs before outputs
  Windows windows;
  std::array<Axis, 3> axes;
  double terms = 0;
};

Plain plain_of(const LayerCall& call, std::size_t spatial) {
  const Bounded x = to_volume(call.inputs[0], spatial, channels_first(call.config));
  const Bounded kernel = kernel_to_volume(get_weight(call, "kernel"), spatial);
  const Shape& s = kernel.shape;  // [kd, kh, kw, outputs, inputs]
  const auto axes = axes_of(call, x, s, spatial);
  const std::string padding = get_text(call.config, "padding", "valid");
  return {
      spread(x, axes),
      permute(turned_round(kernel), {0, 1, 2, 4, 3}),
      {transposed(axes[1], padding), transposed(axes[2], padding), transposed(axes[0], padding)},
      axes,
      double(s[0] * s[1] * s[2] * s[4])};
}

Bounded conv_transpose(const LayerCall& call, std::size_t spatial) {
  const Plain plain = plain_of(call, spatial);
  return finish_conv(call,
                     convolve_volume(plain.x, plain.kernel, plain.windows, 1, convolution_of(call)),
                     spatial, plain.terms);
}

// The elements of a spread-out input that are not between others.
Bounded gathered(const Bounded& x, const std::array<Axis, 3>& axes) {
  const Shape shape{x.shape[0], axes[0].n, axes[1].n, axes[2].n, x.shape[4]};
  return gather(x, shape, [&](std::size_t axis, std::int64_t i) {
    return axis == 0 || axis == 4 ? i : i * axes[axis - 1].stride;
  });
}

LayerGradient conv_transpose_reverse(const LayerCall& call, const Bounded& seed,
                                     std::size_t spatial) {
  const Precision p = convolution_of(call);
  const Plain plain = plain_of(call, spatial);
  LayerGradient out = gradient_by_input(call, {});
  const Summed sum{[&] { return convolve_volume(plain.x, plain.kernel, plain.windows, 1, p); },
                   plain.terms, true};
  const Bounded inner = finish_conv_reverse(call, sum, seed, spatial, out);
  const ConvGradient by =
      convolve_volume_reverse(plain.x, plain.kernel, inner, plain.windows, 1, p);
  set_gradient(out, call, "kernel", turned_round(permute(by.kernel, {0, 1, 2, 4, 3})));
  out.inputs[0] = from_volume(gathered(by.input, plain.axes), spatial, channels_first(call.config));
  return out;
}

Bounded conv1d_transpose(const LayerCall& call) { return conv_transpose(call, 1); }
Bounded conv2d_transpose(const LayerCall& call) { return conv_transpose(call, 2); }
Bounded conv3d_transpose(const LayerCall& call) { return conv_transpose(call, 3); }

const LayerRegistrar registrars[] = {
    {"Conv1DTranspose", &checked<conv1d_transpose>},
    {"Convolution1DTranspose", &checked<conv1d_transpose>},
    {"Conv2DTranspose", &checked<conv2d_transpose>},
    {"Convolution2DTranspose", &checked<conv2d_transpose>},
    {"Conv3DTranspose", &checked<conv3d_transpose>},
    {"Convolution3DTranspose", &checked<conv3d_transpose>},
};

LayerGradient conv1d_reverse(const LayerCall& call, const Bounded& seed) {
  return conv_transpose_reverse(call, seed, 1);
}
LayerGradient conv2d_reverse(const LayerCall& call, const Bounded& seed) {
  return conv_transpose_reverse(call, seed, 2);
}
LayerGradient conv3d_reverse(const LayerCall& call, const Bounded& seed) {
  return conv_transpose_reverse(call, seed, 3);
}

const LayerGradientRegistrar reverse[] = {
    {"Conv1DTranspose", &reversed<conv1d_reverse>},
    {"Convolution1DTranspose", &reversed<conv1d_reverse>},
    {"Conv2DTranspose", &reversed<conv2d_reverse>},
    {"Convolution2DTranspose", &reversed<conv2d_reverse>},
    {"Conv3DTranspose", &reversed<conv3d_reverse>},
    {"Convolution3DTranspose", &reversed<conv3d_reverse>},
};

}  // namespace
}  // namespace kerasan::reference
