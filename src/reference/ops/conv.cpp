#include "reference/ops/conv.h"

#include <algorithm>

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// Which output a patch belongs to.
struct Place {
  std::int64_t n, plane, row, column;
};

Place place_of(std::size_t patch, const Windows& w) {
  auto rest = std::int64_t(patch);
  Place at{};
  at.column = rest % w.columns.outputs, rest /= w.columns.outputs;
  at.row = rest % w.rows.outputs, rest /= w.rows.outputs;
  at.plane = rest % w.planes.outputs;
  at.n = rest / w.planes.outputs;
  return at;
}

}  // namespace

Bounded patches(const Bounded& x, const Windows& w, std::int64_t first, std::int64_t count) {
  const std::int64_t depth = x.shape[1], height = x.shape[2], width = x.shape[3];
  const std::int64_t channels = x.shape[4];
  const Shape shape{x.shape[0] * w.planes.outputs * w.rows.outputs * w.columns.outputs,
                    w.planes.size * w.rows.size * w.columns.size * count};
  require(double(shape[0]) * double(shape[1]) <= kMaxElements, "too large to recompute");
  Bounded out(shape);
  const auto length = std::size_t(shape[1]);
  // Neighbours along the last axis lie side by side where all channels are taken.
  const bool joined = w.columns.dilation == 1 && count == channels;
  const auto copy = [&](std::int64_t from, std::int64_t many, std::size_t to) {
    std::copy_n(x.value.begin() + from, many, out.value.begin() + std::ptrdiff_t(to));
    std::copy_n(x.bound.begin() + from, many, out.bound.begin() + std::ptrdiff_t(to));
  };
  const auto fill_row = [&](std::int64_t line, std::int64_t j, std::size_t to) {
    const std::int64_t begin = w.columns.at(j, 0);
    if (joined) {
      const std::int64_t skipped = std::clamp<std::int64_t>(-begin, 0, w.columns.size);
      const std::int64_t end = std::min(begin + w.columns.size, width);
      if (end > begin + skipped)
        copy((line + begin + skipped) * channels, (end - begin - skipped) * channels,
             to + std::size_t(skipped * channels));
      return;
    }
    for (std::int64_t b = 0; b < w.columns.size; ++b)
      if (const std::int64_t column = w.columns.at(j, b); column >= 0 && column < width)
        copy((line + column) * channels + first, count, to + std::size_t(b * count));
  };
  for (std::size_t patch = 0; patch < std::size_t(shape[0]); ++patch) {
    const Place at = place_of(patch, w);
    std::size_t to = patch * length;
    for (std::int64_t q = 0; q < w.planes.size; ++q)
      for (std::int64_t a = 0; a < w.rows.size; ++a) {
        const std::int64_t plane = w.planes.at(at.plane, q), row = w.rows.at(at.row, a);
        if (plane >= 0 && plane < depth && row >= 0 && row < height)
          fill_row(((at.n * depth + plane) * height + row) * width, at.column, to);
        to += std::size_t(w.columns.size * count);
      }
  }
  return out;
}

Bounded columns_of(const Bounded& m, std::int64_t first, std::int64_t count) {
  return gather(m, {m.shape[0], count},
                [&](std::size_t axis, std::int64_t i) { return axis == 0 ? i : first + i; });
}

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
  require(kernel.shape.size() == 4 && x.shape.size() == 4, "kernel of unexpected rank");
  Bounded deep = x;
  deep.shape.insert(deep.shape.begin() + 1, 1);
  Bounded y = convolve_volume(deep, kernel_to_volume(kernel, 2), {rows, columns}, groups, p);
  y.shape.erase(y.shape.begin() + 1);
  return y;
}

Bounded convolve_volume(const Bounded& x, const Bounded& kernel, const Windows& w,
                        std::int64_t groups, Precision p) {
  require(kernel.shape.size() == 5 && groups > 0, "kernel of unexpected rank");
  const std::int64_t depth = kernel.shape[3], filters = kernel.shape[4];
  require(depth * groups == x.shape[4] && filters % groups == 0,
          "input channels differ from the kernel's");
  const Bounded flat =
      reshape(kernel, {w.planes.size * w.rows.size * w.columns.size * depth, filters});
  const std::int64_t each = filters / groups;
  const Shape shape{x.shape[0], w.planes.outputs, w.rows.outputs, w.columns.outputs, filters};
  if (groups == 1) {
    Bounded y = matmul(patches(x, w, 0, depth), flat, p);
    y.shape = shape;
    return y;
  }
  Bounded y(shape);
  for (std::int64_t g = 0; g < groups; ++g) {
    const Bounded part =
        matmul(patches(x, w, g * depth, depth), columns_of(flat, g * each, each), p);
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
  require(size.size() == spatial, "windows of unexpected rank");
  Windows windows{{1, 1, 1, 0, 1}, {}};
  const auto along = [&](std::size_t i) {
    const std::size_t axis = x.shape.size() - 1 - spatial + i;
    return make_window(x.shape[axis], size[i], strides[i], dilation[i], padding);
  };
  windows.columns = along(last);
  if (spatial >= 2) windows.rows = along(last - 1);
  if (spatial == 3) windows.planes = along(0);
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

Bounded to_volume(const Bounded& x, std::size_t spatial, bool channels_first) {
  require(spatial <= 3 && x.shape.size() == spatial + 2, "input of unexpected rank");
  Bounded y = channels_first ? to_channels_last(x) : x;
  y.shape.insert(y.shape.begin() + 1, 3 - spatial, 1);
  return y;
}

Bounded kernel_to_volume(const Bounded& kernel, std::size_t spatial) {
  require(spatial <= 3 && kernel.shape.size() == spatial + 2, "kernel of unexpected rank");
  Bounded y = kernel;
  y.shape.insert(y.shape.begin(), 3 - spatial, 1);
  return y;
}

// [n, spatial..., c] in the layer's data format.
Bounded from_volume(Bounded y, std::size_t spatial, bool channels_first) {
  while (y.shape.size() > spatial + 2) y.shape.erase(y.shape.begin() + 1);
  return channels_first ? to_channels_first(y) : y;
}

Bounded finish_conv(const LayerCall& call, Bounded y, std::size_t spatial, double terms) {
  const Precision p = precision_of(call);
  const bool first = channels_first(call.config);
  if (get_flag(call.config, "use_bias", true)) add_bias(y, get_weight(call, "bias"), p, terms);
  const std::string name = activation_name(call.config, "activation", "linear");
  // Softmax goes along the last axis of the output as it is, whatever the data format.
  return activate(name, from_volume(std::move(y), spatial, first), p);
}

}  // namespace kerasan::reference
