#include "reference/ops/conv_reverse.h"

#include <cmath>

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/matmul.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

// For each element of the patches [n * positions, kh * kw * depth] of one group of channels, the
// element of x that it is, or -1 for padding.
std::vector<std::int64_t> patch_sources(const Shape& x, const Window& r, const Window& c,
                                        std::int64_t first, std::int64_t depth) {
  const double size = double(x[0]) * double(r.outputs * c.outputs) * double(r.size * c.size * depth);
  require(size <= kMaxElements, "too large to recompute");
  std::vector<std::int64_t> from;
  from.reserve(std::size_t(size));
  for (std::int64_t n = 0; n < x[0]; ++n)
    for (std::int64_t i = 0; i < r.outputs; ++i)
      for (std::int64_t j = 0; j < c.outputs; ++j)
        for (std::int64_t a = 0; a < r.size; ++a)
          for (std::int64_t b = 0; b < c.size; ++b) {
            const std::int64_t row = i * r.stride + a * r.dilation - r.before;
            const std::int64_t column = j * c.stride + b * c.dilation - c.before;
            const bool inside = row >= 0 && row < x[1] && column >= 0 && column < x[2];
            const std::int64_t at = ((n * x[1] + row) * x[2] + column) * x[3] + first;
            for (std::int64_t k = 0; k < depth; ++k) from.push_back(inside ? at + k : -1);
          }
  return from;
}

Bounded columns_of(const Bounded& m, std::int64_t first, std::int64_t count) {
  return gather(m, {m.shape[0], count},
                [&](std::size_t axis, std::int64_t i) { return axis == 0 ? i : first + i; });
}

}  // namespace

ConvGradient convolve_reverse(const Bounded& x, const Bounded& kernel, const Bounded& seed,
                              const Window& rows, const Window& columns, std::int64_t groups,
                              Precision p) {
  const std::int64_t depth = kernel.shape[2], filters = kernel.shape[3], each = filters / groups;
  const std::int64_t width = rows.size * columns.size * depth;
  const std::int64_t positions = x.shape[0] * rows.outputs * columns.outputs;
  const Bounded flat = reshape(kernel, {width, filters}), out = reshape(seed, {positions, filters});
  ConvGradient result{Bounded(x.shape), Bounded(kernel.shape)};
  // An element of x takes part in at most kh * kw patches.
  const double g = gamma(double(rows.size * columns.size), p.u);
  for (std::int64_t group = 0; group < groups; ++group) {
    const auto from = patch_sources(x.shape, rows, columns, group * depth, depth);
    Bounded patches(Shape{positions, width});
    for (std::size_t i = 0; i < from.size(); ++i)
      if (from[i] >= 0) {
        patches.value[i] = x.value[std::size_t(from[i])];
        patches.bound[i] = x.bound[std::size_t(from[i])];
      }
    const Bounded own = groups == 1 ? out : columns_of(out, group * each, each);
    const Bounded by_kernel = matmul_by_weight(patches, own, p);
    for (std::size_t i = 0; i < by_kernel.size(); ++i) {
      const std::size_t to = i / std::size_t(each) * std::size_t(filters) +
                             std::size_t(group * each) + i % std::size_t(each);
      result.kernel.value[to] = by_kernel.value[i];
      result.kernel.bound[to] = by_kernel.bound[i];
    }
    const Bounded by_patch = matmul_by_input(
        own, groups == 1 ? flat : columns_of(flat, group * each, each), p);
    for (std::size_t i = 0; i < from.size(); ++i)
      if (from[i] >= 0) {
        const auto to = std::size_t(from[i]);
        result.input.value[to] += by_patch.value[i];
        result.input.bound[to] +=
            by_patch.bound[i] + g * (std::fabs(by_patch.value[i]) + by_patch.bound[i]);
      }
  }
  return result;
}

ConvGradient convolve_depthwise_reverse(const Bounded& x, const Bounded& kernel,
                                        const Bounded& seed, const Windows& windows, Precision p) {
  const Shape& s = kernel.shape;
  ConvGradient result = convolve_reverse(x, reshape(kernel, {s[0], s[1], 1, s[2] * s[3]}), seed,
                                         windows.rows, windows.columns, s[2], p);
  result.kernel.shape = s;
  return result;
}

Bounded finish_conv_reverse(const LayerCall& call, const Bounded& sum, const Bounded& seed,
                            std::size_t spatial, double terms, LayerGradient& gradient) {
  const Precision p = precision_of(call);
  const bool first = channels_first(call.config);
  const std::string name = activation_name(call.config, "activation", "linear");
  const bool biased = get_flag(call.config, "use_bias", true);
  Bounded inner = seed;
  if (name != "linear") {
    Bounded y = sum;
    if (biased) add_bias(y, get_weight(call, "bias"), p, terms);
    inner = activate_reverse(name, from_image(std::move(y), spatial, first), seed, p);
  }
  inner = to_image(inner, spatial, first);
  if (biased) set_gradient(gradient, call, "bias", sum_rows(inner, p));
  return inner;
}

}  // namespace kerasan::reference
