#include "reference/ops/conv_reverse.h"

#include <cmath>

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/gemm.h"
#include "reference/ops/matmul.h"
#include "reference/ops/patches.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

// One group's derivatives, in matrices of its own channels.
struct GroupReverse {
  const Volume& x;
  const Windows& windows;
  const Bounded& kernel;  // [length, filters]
  const Bounded& seed;    // [n * positions, filters]
  Precision p;

  std::size_t filters() const { return std::size_t(seed.shape[1]); }
  // Sets the derivative by the kernel and adds that by channels [first, ...) of x to `input`, a
  // few images at a time: their rows stay in the cache.
  Bounded run(PatchRange range, Bounded* input) const;
};

// |x^T seed| sums |x| (gamma |seed| + its bound) and x's bound (|seed| + its bound).
class KernelSum {
 public:
  KernelSum(const GroupReverse& group, std::size_t length, std::size_t rows, std::size_t at_once)
      : group_(group),
        terms_(double(rows)),
        exact_(is_exact(group.x.data)),
        x_(sizes_of(group.x.data, 1, 0)),
        seed_(sizes_of(group.seed, gamma(double(rows) + 2, group.p.u), 1)),
        size_rows_(at_once * length),
        by_size_(length * group.filters()),
        out_(Shape{std::int64_t(length), std::int64_t(group.filters())}) {
    if (exact_) return;
    x_bound_ = sizes_of(group.x.data, 0, 1);
    seed_size_ = sizes_of(group.seed, 1, 1);
    bound_rows_ = size_rows_;
    by_bound_ = by_size_;
  }
  // Of elements [from, from + many) of x, in the rows of this block at `to`.
  void take(std::int64_t from, std::int64_t to, std::int64_t many) {
    std::copy_n(x_.number.data() + from, many, size_rows_.data() + to);
    if (!exact_) std::copy_n(x_bound_.number.data() + from, many, bound_rows_.data() + to);
  }
  void add(const double* rows, std::size_t first_row, std::size_t count) {
    const std::size_t n = group_.filters(), at = first_row * n;
    const Sizes s{std::size_t(out_.shape[0]), count, n};
    multiply(out_.value.data(), {rows, true}, {group_.seed.value.data() + at}, s, Into::kAdd);
    multiply(by_size_.data(), {size_rows_.data(), true}, {seed_.number.data() + at}, s, Into::kAdd);
    if (!exact_)
      multiply(by_bound_.data(), {bound_rows_.data(), true}, {seed_size_.number.data() + at}, s,
               Into::kAdd);
  }
  Bounded finish() && {
    const auto bring = [&](const std::vector<float>& sums, Restored r) {
      for (std::size_t i = 0; i < sums.size(); ++i)
        out_.bound[i] += r.scale * double(sums[i]) + r.lost;
    };
    bring(by_size_, restored(x_, seed_, terms_));
    if (!exact_) bring(by_bound_, restored(x_bound_, seed_size_, terms_));
    for (double& bound : out_.bound) bound += terms_ * group_.p.tiny;
    return std::move(out_);
  }

 private:
  const GroupReverse& group_;
  double terms_;
  bool exact_;
  Rounded x_, seed_, x_bound_, seed_size_;
  std::vector<float> size_rows_, bound_rows_, by_size_, by_bound_;
  Bounded out_;
};

Bounded GroupReverse::run(PatchRange range, Bounded* input) const {
  const auto positions = std::size_t(range.positions()), length = std::size_t(range.length());
  const std::size_t rows = std::size_t(x.shape[0]) * positions, n = filters();
  require(double(rows) * double(length) <= kMaxElements &&
              double(rows) * double(length) * double(n) <= kMaxProducts,
          "too large to recompute");
  const std::int64_t step = images_at_once(range);
  const std::size_t at_once = std::size_t(step) * positions;
  KernelSum by_kernel(*this, length, rows, at_once);
  std::vector<double> values(at_once * length), back(input == nullptr ? 0 : values.size());
  std::vector<float> products(back.size());
  const double terms = double(n);
  const Rounded sizes = sizes_of(seed, gamma(terms + 2, p.u), 1), weights = sizes_of(kernel, 1, 0);
  const auto [scale, lost] = restored(sizes, weights, terms);
  const double always = lost + terms * p.tiny;
  // An element of x takes part in at most as many patches as a window has parts.
  const double g = gamma(double(length) / double(range.count), p.u);
  for (range.image = 0; range.image < x.shape[0]; range.image += step) {
    range.images = std::min(step, x.shape[0] - range.image);
    walk_patches(range, [&](std::int64_t from, std::int64_t to, std::int64_t many) {
      std::copy_n(x.data.value.data() + from, many, values.data() + to);
      by_kernel.take(from, to, many);
    });
    const std::size_t first = std::size_t(range.image) * positions;
    const Sizes s{std::size_t(range.images) * positions, n, length};
    by_kernel.add(values.data(), first, s.m);
    if (input == nullptr) continue;
    multiply(back.data(), {seed.value.data() + first * n}, {kernel.value.data(), true}, s);
    multiply(products.data(), {sizes.number.data() + first * n}, {weights.number.data(), true}, s);
    walk_patches(range, [&](std::int64_t from, std::int64_t to, std::int64_t many) {
      double *value = input->value.data() + from, *bound = input->bound.data() + from;
      for (std::int64_t i = 0; i < many; ++i) {
        const double v = back[std::size_t(to + i)];
        const double d = scale * double(products[std::size_t(to + i)]) + always;
        value[i] += v;
        bound[i] += d + g * (std::fabs(v) + d);
      }
    });
  }
  return std::move(by_kernel).finish();
}

}  // namespace

ConvGradient convolve_reverse(const Bounded& x, const Bounded& kernel, const Bounded& seed,
                              const Window& rows, const Window& columns, std::int64_t groups,
                              Precision p) {
  Shape deep = x.shape;
  deep.insert(deep.begin() + 1, 1);
  ConvGradient result = convolve_volume_reverse({x, deep}, kernel_to_volume(kernel, 2), seed,
                                                {rows, columns}, groups, p);
  result.input.shape = x.shape;
  result.kernel.shape = kernel.shape;
  return result;
}

ConvGradient convolve_volume_reverse(const Volume& x, const Bounded& kernel, const Bounded& seed,
                                     const Windows& windows, std::int64_t groups, Precision p,
                                     bool by_input) {
  require(kernel.shape.size() == 5 && groups > 0, "kernel of unexpected rank");
  require(is_exact(kernel), "a kernel that was rounded");
  const std::int64_t depth = kernel.shape[3], filters = kernel.shape[4], each = filters / groups;
  const std::int64_t parts = windows.planes.size * windows.rows.size * windows.columns.size;
  const std::int64_t positions =
      x.shape[0] * windows.planes.outputs * windows.rows.outputs * windows.columns.outputs;
  const Bounded flat = reshape(kernel, {parts * depth, filters}),
                out = reshape(seed, {positions, filters});
  ConvGradient result{by_input ? Bounded(x.shape) : Bounded(), Bounded(kernel.shape)};
  for (std::int64_t group = 0; group < groups; ++group) {
    const bool whole = groups == 1;
    const Bounded of_group = whole ? Bounded() : columns_of(flat, group * each, each),
                  own = whole ? Bounded() : columns_of(out, group * each, each);
    const GroupReverse reverse{x, windows, whole ? flat : of_group, whole ? out : own, p};
    const Bounded by_kernel = reverse.run({x.shape, windows, group * depth, depth, 0, 0},
                                          by_input ? &result.input : nullptr);
    for (std::size_t i = 0; i < by_kernel.size(); ++i) {
      const std::size_t to = i / std::size_t(each) * std::size_t(filters) +
                             std::size_t(group * each) + i % std::size_t(each);
      result.kernel.value[to] = by_kernel.value[i];
      result.kernel.bound[to] = by_kernel.bound[i];
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

Bounded finish_conv_reverse(const LayerCall& call, const Summed& sum, const Bounded& seed,
                            std::size_t spatial, LayerGradient& gradient) {
  const Precision p = precision_of(call);
  const bool first = channels_first(call.config);
  const std::string name = activation_name(call.config, "activation", "linear");
  const bool biased = get_flag(call.config, "use_bias", true);
  const auto before_activation = [&] {
    Bounded y = sum.compute();
    if (biased) add_bias(y, get_weight(call, "bias"), p, sum.terms);
    return sum.volume ? from_volume(std::move(y), spatial, first)
                      : from_image(std::move(y), spatial, first);
  };
  Bounded inner = activate_reverse(name, call, before_activation, seed);
  if (first) inner = to_channels_last(inner);
  inner.shape.insert(inner.shape.begin() + 1, (sum.volume ? 3 : 2) - spatial, 1);
  if (biased) set_gradient(gradient, call, "bias", sum_rows(inner, p));
  return inner;
}

}  // namespace kerasan::reference
