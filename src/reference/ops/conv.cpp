#include "reference/ops/conv.h"

#include <algorithm>

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// The patches of channels [first, first + count): [n * positions, kh * kw * count].
Bounded patches(const Bounded& x, const Window& r, const Window& c, std::int64_t first,
                std::int64_t count) {
  const std::int64_t h = x.shape[1], w = x.shape[2], channels = x.shape[3];
  const Shape shape{x.shape[0] * r.outputs * c.outputs, r.size * c.size * count};
  require(double(shape[0]) * double(shape[1]) <= kMaxElements, "too large to recompute");
  Bounded out(shape);
  std::size_t to = 0;
  for (std::int64_t n = 0; n < x.shape[0]; ++n)
    for (std::int64_t i = 0; i < r.outputs; ++i)
      for (std::int64_t j = 0; j < c.outputs; ++j)
        for (std::int64_t a = 0; a < r.size; ++a)
          for (std::int64_t b = 0; b < c.size; ++b, to += std::size_t(count)) {
            const std::int64_t row = i * r.stride + a * r.dilation - r.before;
            const std::int64_t column = j * c.stride + b * c.dilation - c.before;
            if (row < 0 || row >= h || column < 0 || column >= w) continue;
            const std::size_t from = std::size_t(((n * h + row) * w + column) * channels + first);
            std::copy_n(x.value.begin() + from, count, out.value.begin() + to);
            std::copy_n(x.bound.begin() + from, count, out.bound.begin() + to);
          }
  return out;
}

// Columns [first, first + count) of a matrix.
Bounded columns_of(const Bounded& m, std::int64_t first, std::int64_t count) {
  return gather(m, {m.shape[0], count},
                [&](std::size_t axis, std::int64_t i) { return axis == 0 ? i : first + i; });
}

}  // namespace

Window make_window(std::int64_t n, std::int64_t size, std::int64_t stride, std::int64_t dilation,
                   const std::string& padding) {
  require(size > 0 && stride > 0 && dilation > 0, "sizes of a window must be positive");
  Window window{size, stride, dilation, 0, 0};
  const std::int64_t reach = (size - 1) * dilation + 1;
  if (padding == "same") {
    window.outputs = (n + stride - 1) / stride;
    window.before = std::max<std::int64_t>(0, (window.outputs - 1) * stride + reach - n) / 2;
  } else if (padding == "causal") {
    window.before = reach - 1;
    window.outputs = (n + stride - 1) / stride;
  } else {
    require(padding == "valid", "padding " + padding);
    window.outputs = std::max<std::int64_t>(0, (n - reach) / stride + 1);
    if (n < reach) window.outputs = 0;
  }
  return window;
}

Bounded convolve(const Bounded& x, const Bounded& kernel, const Window& rows, const Window& columns,
                 std::int64_t groups, Precision p) {
  require(kernel.shape.size() == 4 && groups > 0, "kernel of unexpected rank");
  const std::int64_t depth = kernel.shape[2], filters = kernel.shape[3];
  require(depth * groups == x.shape[3] && filters % groups == 0,
          "input channels differ from the kernel's");
  const Bounded flat = reshape(kernel, {rows.size * columns.size * depth, filters});
  const std::int64_t each = filters / groups;
  if (groups == 1) {
    Bounded y = matmul(patches(x, rows, columns, 0, depth), flat, p);
    y.shape = {x.shape[0], rows.outputs, columns.outputs, filters};
    return y;
  }
  Bounded y(Shape{x.shape[0], rows.outputs, columns.outputs, filters});
  for (std::int64_t g = 0; g < groups; ++g) {
    const Bounded part =
        matmul(patches(x, rows, columns, g * depth, depth), columns_of(flat, g * each, each), p);
    for (std::size_t i = 0; i < part.size(); ++i) {
      const std::size_t to = i / each * filters + g * each + i % each;
      y.value[to] = part.value[i];
      y.bound[to] = part.bound[i];
    }
  }
  return y;
}

// Kernel [kh, kw, c, m] is a grouped kernel [kh, kw, 1, c * m] with c groups.
Bounded convolve_depthwise(const Bounded& x, const Bounded& kernel, const Windows& windows,
                           Precision p) {
  const Shape& s = kernel.shape;
  return convolve(x, reshape(kernel, {s[0], s[1], 1, s[2] * s[3]}), windows.rows, windows.columns,
                  s[2], p);
}

Windows make_windows(const LayerCall& call, const Bounded& x, std::size_t spatial,
                     const std::vector<std::int64_t>& size) {
  const bool pooling = !call.config.contains("kernel_size");
  const Ints strides = get_ints(call.config, "strides", spatial, pooling ? size : Ints(spatial, 1));
  const Ints dilation = get_ints(call.config, "dilation_rate", spatial, Ints(spatial, 1));
  const std::string padding = get_text(call.config, "padding", "valid");
  const std::size_t last = spatial - 1;
  Windows windows{{1, 1, 1, 0, 1}, {}};
  windows.columns = make_window(x.shape[2], size[last], strides[last], dilation[last], padding);
  if (spatial == 2)
    windows.rows = make_window(x.shape[1], size[0], strides[0], dilation[0], padding);
  return windows;
}

Bounded to_image(const Bounded& x, std::size_t spatial, bool channels_first) {
  require(x.shape.size() == spatial + 2, "input of unexpected rank");
  Bounded y = channels_first ? to_channels_last(x) : x;
  if (spatial == 1) y.shape.insert(y.shape.begin() + 1, 1);
  return y;
}

Bounded from_image(Bounded y, std::size_t spatial, bool channels_first) {
  if (spatial == 1) y.shape.erase(y.shape.begin() + 1);
  return channels_first ? to_channels_first(y) : y;
}

Bounded finish_conv(const LayerCall& call, Bounded y, std::size_t spatial, double terms) {
  const Precision p = precision_of(call);
  const bool first = channels_first(call.config);
  if (get_flag(call.config, "use_bias", true)) add_bias(y, get_weight(call, "bias"), p, terms);
  const std::string name = activation_name(call.config, "activation", "linear");
  // Softmax goes along the last axis of the output as it is, whatever the data format.
  return activate(name, from_image(std::move(y), spatial, first), p);
}

}  // namespace kerasan::reference
