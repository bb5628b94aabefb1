// Conv1DTranspose and Conv2DTranspose: the transpose of a convolution as a linear map (Dumoulin and
// Visin 2016, "A guide to convolution arithmetic for deep learning", chapter 4). Computed as a
// plain convolution with the kernel turned round, over the input with stride - 1 zeros between
// elements.
#include <algorithm>

#include "reference/ops/config.h"
#include "reference/ops/conv.h"
#include "reference/ops/guard.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// Positions on the spread-out input of n elements.
Window transposed(std::int64_t n, std::int64_t size, std::int64_t stride,
                  const std::string& padding) {
  const bool same = padding == "same";
  require(same || padding == "valid", "padding " + padding);
  const std::int64_t cut = same ? std::max<std::int64_t>(0, size - stride) / 2 : 0;
  const std::int64_t outputs =
      same ? n * stride : n * stride + std::max<std::int64_t>(0, size - stride);
  return {size, 1, 1, size - 1 - cut, outputs};
}

std::int64_t spread(std::int64_t n, std::int64_t stride) { return (n - 1) * stride + 1; }

Bounded conv_transpose(const LayerCall& call, std::size_t spatial) {
  const Bounded x = to_image(call.inputs[0], spatial, channels_first(call.config));
  Bounded kernel = get_weight(call, "kernel");
  require(kernel.shape.size() == spatial + 2, "kernel of unexpected rank");
  if (spatial == 1) kernel.shape.insert(kernel.shape.begin(), 1);
  require(!get_ints(call.config, "output_padding").has_value(), "output_padding");
  for (const std::int64_t d : get_ints(call.config, "dilation_rate", spatial, Ints(spatial, 1)))
    require(d == 1, "dilation_rate");
  Ints strides = get_ints(call.config, "strides", spatial, Ints(spatial, 1));
  if (spatial == 1) strides.insert(strides.begin(), 1);
  const std::string padding = get_text(call.config, "padding", "valid");
  const std::int64_t h = x.shape[1], w = x.shape[2];
  require(h > 0 && w > 0, "no elements");
  const Shape wide{x.shape[0], spread(h, strides[0]), spread(w, strides[1]), x.shape[3]};
  require(double(wide[0]) * double(wide[1]) * double(wide[2]) * double(wide[3]) <= kMaxElements,
          "too large to recompute");
  const Bounded spaced = gather(x, wide, [&](std::size_t axis, std::int64_t i) -> std::int64_t {
    if (axis == 0 || axis == 3) return i;
    return i % strides[axis - 1] == 0 ? i / strides[axis - 1] : -1;
  });
  // The kernel is [kh, kw, outputs, inputs].
  const Bounded turned = gather(kernel, kernel.shape, [&](std::size_t axis, std::int64_t i) {
    return axis < 2 ? kernel.shape[axis] - 1 - i : i;
  });
  const Window rows = transposed(h, kernel.shape[0], strides[0], padding);
  const Window columns = transposed(w, kernel.shape[1], strides[1], padding);
  return finish_conv(
      call, convolve(spaced, permute(turned, {0, 1, 3, 2}), rows, columns, 1, precision_of(call)),
      spatial, double(kernel.shape[0] * kernel.shape[1] * kernel.shape[3]));
}

Bounded conv1d_transpose(const LayerCall& call) { return conv_transpose(call, 1); }
Bounded conv2d_transpose(const LayerCall& call) { return conv_transpose(call, 2); }

const LayerRegistrar registrars[] = {
    {"Conv1DTranspose", &checked<conv1d_transpose>},
    {"Convolution1DTranspose", &checked<conv1d_transpose>},
    {"Conv2DTranspose", &checked<conv2d_transpose>},
    {"Convolution2DTranspose", &checked<conv2d_transpose>},
};

}  // namespace
}  // namespace kerasan::reference
