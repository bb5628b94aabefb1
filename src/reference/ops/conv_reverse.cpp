#include "reference/ops/conv_reverse.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/pieces.h"
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
  const Bounded& seed;    // [n * positions, filters], whatever its shape
  Precision p;

  std::size_t filters() const { return std::size_t(kernel.shape[1]); }
  // Sets the derivative by the kernel and adds that by channels [first, ...) of x to `input`, a
  // few images at a time: their rows stay in the cache.
  Bounded run(const PatchRange& range, Bounded* input) const;
};

// What the bound of the derivative by the kernel is made of:
// |x^T seed| sums |x| (gamma |seed| + its bound) and x's bound (|seed| + its bound).
struct KernelTerms {
  KernelTerms(const GroupReverse& of, std::size_t rows)
      : group(of),
        terms(double(rows)),
        exact(is_exact(of.x.data)),
        x(sizes_of(of.x.data, 1, 0)),
        seed(sizes_of(of.seed, gamma(double(rows) + 2, of.p.u), 1)) {
    if (exact) return;
    x_bound = sizes_of(of.x.data, 0, 1);
    seed_size = sizes_of(of.seed, 1, 1);
  }
  const GroupReverse& group;
  double terms;
  bool exact;
  Rounded x, seed, x_bound, seed_size;
};

// The sum over some of the images.
class KernelSum {
 public:
  KernelSum(const KernelTerms& terms, std::size_t length, std::size_t at_once, bool padded)
      : of_(terms),
        length_(length),
        value_(length * terms.group.filters()),
        by_size_(value_.size()),
        size_rows_(rows_of_block<float>(at_once * length, padded)) {
    if (of_.exact) return;
    by_bound_ = by_size_;
    bound_rows_ = rows_of_block<float>(at_once * length, padded);
  }
  // Of elements [from, from + many) of x, in the rows of this block at `to`.
  void take(std::int64_t from, std::int64_t to, std::int64_t many) {
    std::copy_n(of_.x.number.data() + from, many, size_rows_.get() + to);
    if (!of_.exact) std::copy_n(of_.x_bound.number.data() + from, many, bound_rows_.get() + to);
  }
  void add(const double* rows, std::size_t first_row, std::size_t count) {
    const std::size_t n = of_.group.filters(), at = first_row * n;
    const Sizes s{length_, count, n};
    multiply(value_.data(), {rows, true}, {of_.group.seed.value.data() + at}, s, Into::kAdd);
    multiply(by_size_.data(), {size_rows_.get(), true}, {of_.seed.number.data() + at}, s,
             Into::kAdd);
    if (!of_.exact)
      multiply(by_bound_.data(), {bound_rows_.get(), true}, {of_.seed_size.number.data() + at}, s,
               Into::kAdd);
  }
  void add_to(Bounded& sum) const {
    const Restored r = restored(of_.x, of_.seed, of_.terms);
    for (std::size_t i = 0; i < value_.size(); ++i) {
      sum.value[i] += value_[i];
      sum.bound[i] += r.scale * double(by_size_[i]) + r.lost;
    }
    if (of_.exact) return;
    const Restored b = restored(of_.x_bound, of_.seed_size, of_.terms);
    for (std::size_t i = 0; i < value_.size(); ++i)
      sum.bound[i] += b.scale * double(by_bound_[i]) + b.lost;
  }

 private:
  const KernelTerms& of_;
  std::size_t length_;
  std::vector<double> value_;
  std::vector<float> by_size_, by_bound_;
  std::unique_ptr<float[]> size_rows_, bound_rows_;
};

// The derivative by the input, of one block of windows after the other.
class InputSum {
 public:
  // An element of x takes part in at most `parts` windows.
  InputSum(const GroupReverse& group, double parts)
      : group_(group),
        sizes_(sizes_of(group.seed, gamma(double(group.filters()) + 2, group.p.u), 1)),
        weights_(sizes_of(group.kernel, 1, 0)),
        restored_(restored(sizes_, weights_, double(group.filters()))),
        always_(restored_.lost + double(group.filters()) * group.p.tiny),
        g_(gamma(parts, group.p.u)) {}

  struct Rows {
    std::unique_ptr<double[]> values;
    std::unique_ptr<float[]> products;
  };
  // Windows [first, first + count), `rows` large enough for them.
  void add(const PatchRange& range, std::size_t first, std::size_t count, Rows& rows,
           Bounded& input) const {
    const std::size_t n = group_.filters();
    const Sizes s{count, n, std::size_t(range.length())};
    multiply(rows.values.get(), {group_.seed.value.data() + first * n},
             {group_.kernel.value.data(), true}, s);
    multiply(rows.products.get(), {sizes_.number.data() + first * n},
             {weights_.number.data(), true}, s);
    walk_patches(range, [&](std::int64_t from, std::int64_t to, std::int64_t many) {
      double *value = input.value.data() + from, *bound = input.bound.data() + from;
      for (std::int64_t i = 0; i < many; ++i) {
        const double v = rows.values[std::size_t(to + i)];
        const double d = restored_.scale * double(rows.products[std::size_t(to + i)]) + always_;
        value[i] += v;
        bound[i] += d + g_ * (std::fabs(v) + d);
      }
    });
  }

 private:
  const GroupReverse& group_;
  Rounded sizes_, weights_;
  Restored restored_;
  double always_, g_;
};

Bounded GroupReverse::run(const PatchRange& all, Bounded* input) const {
  const auto positions = std::size_t(all.positions()), length = std::size_t(all.length());
  const auto images = std::size_t(x.shape[0]), rows = images * positions;
  require(double(rows) * double(length) <= kMaxElements &&
              double(rows) * double(length) * double(filters()) <= kMaxProducts,
          "too large to recompute");
  const bool padded = has_padding(all);
  const auto block = std::size_t(images_at_once(all)), piece = images_of_piece(all);
  const KernelTerms terms(*this, rows);
  std::optional<InputSum> by_input;
  if (input != nullptr) by_input.emplace(*this, double(length) / double(all.count));
  std::vector<std::optional<KernelSum>> sums((images + piece - 1) / piece);
  for_pieces(images, piece, [&](std::size_t begin, std::size_t end) {
    KernelSum& sum = sums[begin / piece].emplace(terms, length, block * positions, padded);
    const std::size_t size = block * positions * length;
    const auto values = rows_of_block<double>(size, padded);
    InputSum::Rows back;
    if (input != nullptr)
      back = {rows_of_block<double>(size, false), rows_of_block<float>(size, false)};
    for (std::size_t image = begin; image < end; image += block) {
      PatchRange range = all;
      range.image = std::int64_t(image);
      range.images = std::int64_t(std::min(block, end - image));
      walk_patches(range, [&](std::int64_t from, std::int64_t to, std::int64_t many) {
        std::copy_n(x.data.value.data() + from, many, values.get() + to);
        sum.take(from, to, many);
      });
      const std::size_t count = std::size_t(range.images) * positions;
      sum.add(values.get(), image * positions, count);
      if (input != nullptr) by_input->add(range, image * positions, count, back, *input);
    }
  });
  Bounded by_kernel(Shape{std::int64_t(length), std::int64_t(filters())});
  for (const auto& sum : sums) sum->add_to(by_kernel);
  for (double& bound : by_kernel.bound) bound += terms.terms * p.tiny;
  return by_kernel;
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
  const Bounded flat = reshape(kernel, {parts * depth, filters});
  const bool whole = groups == 1;
  const Bounded out = whole ? Bounded() : reshape(seed, {positions, filters});
  require(std::int64_t(seed.size()) == positions * filters, "a derivative of another size");
  ConvGradient result{by_input ? Bounded(x.shape) : Bounded(), Bounded(kernel.shape)};
  for (std::int64_t group = 0; group < groups; ++group) {
    const Bounded of_group = whole ? Bounded() : columns_of(flat, group * each, each),
                  own = whole ? Bounded() : columns_of(out, group * each, each);
    const GroupReverse reverse{x, windows, whole ? flat : of_group, whole ? seed : own, p};
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
