#include "reference/ops/conv.h"

#include <algorithm>

#include "base/pieces.h"
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/conv_transform.h"
#include "reference/ops/gemm.h"
#include "reference/ops/guard.h"
#include "reference/ops/lines.h"
#include "reference/ops/matmul.h"
#include "reference/ops/patches.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// As convolve_volume in one group with an exact kernel, some lines of windows at a time.
Bounded convolve_images(const Volume& x, const Bounded& kernel, const Windows& w, Precision p,
                        const AfterSum& after) {
  const PatchRange all{x.shape, w, 0, x.shape[4], 0, 0};
  const auto width = std::size_t(all.of_line());
  const auto length = std::size_t(all.length()), filters = std::size_t(kernel.shape[4]);
  Bounded y(Shape{x.shape[0], w.planes.outputs, w.rows.outputs, w.columns.outputs,
                  std::int64_t(filters)});
  require(double(y.size()) <= kMaxElements && double(y.size()) * double(length) <= kMaxProducts,
          "too large to recompute");
  const double terms = double(length);
  const bool bounded = p.rounding != Rounding::kNone;
  const double g = product_error(terms, p);
  const Rounded sizes = bounded ? sizes_of(x.data, g, carried_share(g, p)) : Rounded(),
                weights = sizes_of(kernel, 1, 0);
  const Restored restoring = restored(sizes, weights, terms);
  const double restore = restoring.scale, always = restoring.lost + terms * p.tiny;
  const auto block = std::size_t(lines_at_once(all));
  const std::vector<double> drift =
      after.bias == nullptr ? std::vector<double>() : drift_of(*after.bias, p, after.terms);
  const auto work = [&](std::size_t begin, std::size_t end) {
    const auto rows = std::make_unique_for_overwrite<double[]>(block * width * length);
    const auto row_sizes = std::make_unique_for_overwrite<float[]>(block * width * length);
    const auto products = std::make_unique_for_overwrite<float[]>(block * width * filters);
    for_blocks(all, begin, end, block, [&](const PatchRange& range, std::size_t first) {
      const auto copy = [&](std::int64_t from, std::int64_t to, std::int64_t many) {
        std::copy_n(x.data.value.data() + from, many, rows.get() + to);
        if (bounded) std::copy_n(sizes.number.get() + from, many, row_sizes.get() + to);
      };
      walk_patches(range, copy, [&](std::int64_t to, std::int64_t many) {
        std::fill_n(rows.get() + to, many, 0.0);
        if (bounded) std::fill_n(row_sizes.get() + to, many, 0.0F);
      });
      const Sizes s{std::size_t(range.lines) * width, length, filters};
      const std::size_t at = first * filters;
      multiply(y.value.data() + at, {rows.get()}, {kernel.value.data()}, s);
      const lines::Line out{&y.value[at], &y.bound[at], s.m * s.n};
      if (bounded) {
        multiply(products.get(), {row_sizes.get()}, {weights.number.get()}, s);
        lines::restore(out, products.get(), restore, always);
      }
      for (std::size_t i = 0; after.bias != nullptr && i < out.size; i += filters)
        lines::add_bias({out.value + i, out.bound + i, filters}, after.bias->value.data(),
                        drift.data(), p.u);
      if (after.rectified) lines::rectify(out);
    });
  };
  for_pieces(std::size_t(x.shape[0]), images_of_piece(all), work);
  return y;
}

}  // namespace

Bounded patches(const Volume& x, const Windows& w, std::int64_t first, std::int64_t count) {
  PatchRange range{x.shape, w, first, count, 0, 0};
  range.lines = x.shape[0] * range.lines_of_image();
  const Shape shape{range.lines * range.of_line(), range.length()};
  require(double(shape[0]) * double(shape[1]) <= kMaxElements, "too large to recompute");
  Bounded out(shape);
  walk_patches(range, [&](std::int64_t from, std::int64_t to, std::int64_t many) {
    std::copy_n(x.data.value.begin() + from, many, out.value.begin() + to);
    std::copy_n(x.data.bound.begin() + from, many, out.bound.begin() + to);
  });
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
  Shape deep = x.shape;
  deep.insert(deep.begin() + 1, 1);
  Bounded y = convolve_volume({x, deep}, kernel_to_volume(kernel, 2), {rows, columns}, groups, p);
  y.shape.erase(y.shape.begin() + 1);
  return y;
}

namespace {

// Of any kernel, in groups of channels, all patches at once.
Bounded convolve_patches(const Volume& x, const Bounded& kernel, const Windows& w,
                         std::int64_t groups, Precision p) {
  const std::int64_t depth = kernel.shape[3], filters = kernel.shape[4];
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

}  // namespace

Bounded convolve_volume(const Volume& x, const Bounded& kernel, const Windows& w,
                        std::int64_t groups, Precision p, AfterSum after) {
  require(kernel.shape.size() == 5 && groups > 0, "kernel of unexpected rank");
  const std::int64_t depth = kernel.shape[3], filters = kernel.shape[4];
  require(depth * groups == x.shape[4] && filters % groups == 0,
          "input channels differ from the kernel's");
  require(after.bias == nullptr || after.bias->size() == std::size_t(filters),
          "bias size differs from the output's");
  Bounded y;
  if (groups == 1 && is_exact(kernel)) {
    y = convolve_images(x, kernel, w, p, after);
  } else {
    y = convolve_patches(x, kernel, w, groups, p);
    if (after.bias != nullptr) add_bias(y, *after.bias, p, after.terms);
    if (after.rectified) y = activate("relu", std::move(y), p);
  }
  // Neither a bias nor max(., 0) makes it larger.
  allow_transform(y, x, kernel, w, groups, p);
  return y;
}

// Kernel [kh, kw, c, m] is a grouped kernel [kh, kw, 1, c * m] with c groups.
Bounded convolve_depthwise(const Bounded& x, const Bounded& kernel, const Windows& windows,
                           Precision p) {
  const Shape& s = kernel.shape;
  return convolve(x, reshape(kernel, {s[0], s[1], 1, s[2] * s[3]}), windows.rows, windows.columns,
                  s[2], p);
}

Windows make_windows(const LayerCall& call, const Shape& x, std::size_t spatial,
                     const std::vector<std::int64_t>& size) {
  const bool pooling = !call.config.contains("kernel_size");
  const Ints strides = get_ints(call.config, "strides", spatial, pooling ? size : Ints(spatial, 1));
  const Ints dilation = get_ints(call.config, "dilation_rate", spatial, Ints(spatial, 1));
  const std::string padding = get_text(call.config, "padding", "valid");
  const std::size_t last = spatial - 1;
  require(size.size() == spatial, "windows of unexpected rank");
  Windows windows{{1, 1, 1, 0, 1}, {}};
  const auto along = [&](std::size_t i) {
    const std::size_t axis = x.size() - 1 - spatial + i;
    return make_window(x[axis], size[i], strides[i], dilation[i], padding);
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
  if (channels_first) return to_channels_first(y);
  return y;
}

Bounded to_volume(const Bounded& x, std::size_t spatial, bool channels_first) {
  require(spatial <= 3 && x.shape.size() == spatial + 2, "input of unexpected rank");
  Bounded y = channels_first ? to_channels_last(x) : x;
  y.shape.insert(y.shape.begin() + 1, 3 - spatial, 1);
  return y;
}

InputVolume::InputVolume(const LayerCall& call, const Bounded& x, std::size_t spatial) {
  require(spatial <= 3 && x.shape.size() == spatial + 2, "input of unexpected rank");
  if (channels_first(call.config)) moved_ = to_channels_last(x);
  Shape shape = moved_ ? moved_->shape : x.shape;
  shape.insert(shape.begin() + 1, 3 - spatial, 1);
  volume_.emplace(moved_ ? *moved_ : x, std::move(shape));
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
  if (channels_first) return to_channels_first(y);
  return y;
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
