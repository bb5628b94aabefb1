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

// For each element of the patches [n * positions, kd * kh * kw * depth] of one group of channels,
// the element of x that it is, or -1 for padding.
std::vector<std::int64_t> patch_sources(const Shape& x, const Windows& w, std::int64_t first,
                                        std::int64_t depth) {
  const double positions = double(w.planes.outputs * w.rows.outputs * w.columns.outputs);
  const double size =
      double(x[0]) * positions * double(w.planes.size * w.rows.size * w.columns.size * depth);
  require(size <= kMaxElements, "too large to recompute");
  std::vector<std::int64_t> from;
  from.reserve(std::size_t(size));
  const auto window = [&](std::int64_t n, std::int64_t h, std::int64_t i, std::int64_t j) {
    for (std::int64_t q = 0; q < w.planes.size; ++q)
      for (std::int64_t a = 0; a < w.rows.size; ++a)
        for (std::int64_t b = 0; b < w.columns.size; ++b) {
          const std::int64_t plane = w.planes.at(h, q), row = w.rows.at(i, a),
                             column = w.columns.at(j, b);
          const bool inside =
              plane >= 0 && plane < x[1] && row >= 0 && row < x[2] && column >= 0 && column < x[3];
          const std::int64_t at =
              (((n * x[1] + plane) * x[2] + row) * x[3] + column) * x[4] + first;
          for (std::int64_t k = 0; k < depth; ++k) from.push_back(inside ? at + k : -1);
        }
  };
  for (std::int64_t n = 0; n < x[0]; ++n)
    for (std::int64_t h = 0; h < w.planes.outputs; ++h)
      for (std::int64_t i = 0; i < w.rows.outputs; ++i)
        for (std::int64_t j = 0; j < w.columns.outputs; ++j) window(n, h, i, j);
  return from;
}

}  // namespace

ConvGradient convolve_reverse(const Bounded& x, const Bounded& kernel, const Bounded& seed,
                              const Window& rows, const Window& columns, std::int64_t groups,
                              Precision p) {
  Bounded deep = x;
  deep.shape.insert(deep.shape.begin() + 1, 1);
  ConvGradient result =
      convolve_volume_reverse(deep, kernel_to_volume(kernel, 2), seed, {rows, columns}, groups, p);
  result.input.shape = x.shape;
  result.kernel.shape = kernel.shape;
  return result;
}

ConvGradient convolve_volume_reverse(const Bounded& x, const Bounded& kernel, const Bounded& seed,
                                     const Windows& windows, std::int64_t groups, Precision p) {
  require(kernel.shape.size() == 5 && groups > 0, "kernel of unexpected rank");
  const std::int64_t depth = kernel.shape[3], filters = kernel.shape[4], each = filters / groups;
  const std::int64_t parts = windows.planes.size * windows.rows.size * windows.columns.size;
  const std::int64_t width = parts * depth;
  const std::int64_t positions =
      x.shape[0] * windows.planes.outputs * windows.rows.outputs * windows.columns.outputs;
  const Bounded flat = reshape(kernel, {width, filters}), out = reshape(seed, {positions, filters});
  ConvGradient result{Bounded(x.shape), Bounded(kernel.shape)};
  // An element of x takes part in at most as many patches as a window has parts.
  const double g = gamma(double(parts), p.u);
  for (std::int64_t group = 0; group < groups; ++group) {
    const auto from = patch_sources(x.shape, windows, group * depth, depth);
    const Bounded own = groups == 1 ? out : columns_of(out, group * each, each);
    const Bounded by_kernel = matmul_by_weight(patches(x, windows, group * depth, depth), own, p);
    for (std::size_t i = 0; i < by_kernel.size(); ++i) {
      const std::size_t to = i / std::size_t(each) * std::size_t(filters) +
                             std::size_t(group * each) + i % std::size_t(each);
      result.kernel.value[to] = by_kernel.value[i];
      result.kernel.bound[to] = by_kernel.bound[i];
    }
    const Bounded by_patch =
        matmul_by_input(own, groups == 1 ? flat : columns_of(flat, group * each, each), p);
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
  const bool volume = sum.shape.size() == 5;
  Bounded inner = seed;
  if (name != "linear") {
    Bounded y = sum;
    if (biased) add_bias(y, get_weight(call, "bias"), p, terms);
    y = volume ? from_volume(std::move(y), spatial, first)
               : from_image(std::move(y), spatial, first);
    inner = activate_reverse(name, y, seed, p);
  }
  inner = volume ? to_volume(inner, spatial, first) : to_image(inner, spatial, first);
  if (biased) set_gradient(gradient, call, "bias", sum_rows(inner, p));
  return inner;
}

}  // namespace kerasan::reference
