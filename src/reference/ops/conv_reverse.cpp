#include "reference/ops/conv_reverse.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/pieces.h"
#include "reference/ops/activation.h"
#include "reference/ops/channels.h"
#include "reference/ops/config.h"
#include "reference/ops/conv_seed.h"
#include "reference/ops/conv_transform.h"
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
  ConvSeed seed;          // [n * positions, filters]

  std::size_t filters() const { return seed.width; }
  bool bounded() const { return seed.p.rounding != Rounding::kNone; }
  // Adds the derivative by channels [first, ...) of x to `input`, a few lines of windows at a time:
  // their rows stay in the cache. By the kernel and by the bias it is the result.
  ConvGradient run(const PatchRange& range, Bounded* input) const;
};

// What the bound of the derivative by the kernel is made of:
// |x^T seed| sums |x| (gamma |seed| + its bound) and x's bound (|seed| + its bound).
struct KernelTerms {
  KernelTerms(const GroupReverse& of, std::size_t rows)
      : group(of),
        terms(double(rows)),
        exact(is_exact(of.x.data)),
        seed_gamma(product_error(double(rows), of.seed.p)),
        again(carried_share(seed_gamma, of.seed.p)),
        seed_scale(of.seed.scale(seed_gamma, again)),
        x(of.bounded() ? sizes_of(of.x.data, 1, 0) : Rounded()) {
    if (exact) return;
    x_bound = sizes_of(of.x.data, 0, 1);
    whole_scale = of.seed.scale(again, again);
  }
  const GroupReverse& group;
  double terms;
  bool exact;
  double seed_gamma, again, seed_scale, whole_scale = 1;
  Rounded x, x_bound;
};

// The sums over some of the images.
class KernelSum {
 public:
  KernelSum(const KernelTerms& terms, std::size_t length, std::size_t at_once)
      : of_(terms),
        length_(length),
        value_(length * terms.group.filters()),
        by_size_(value_.size()),
        bias_(Shape{std::int64_t(terms.group.filters())}),
        seed_(std::make_unique_for_overwrite<float[]>(at_once * terms.group.filters())),
        size_rows_(std::make_unique_for_overwrite<float[]>(at_once * length)) {
    if (of_.exact) return;
    by_bound_ = by_size_;
    bound_rows_ = std::make_unique_for_overwrite<float[]>(at_once * length);
  }
  // Of elements [from, from + many) of x, in the rows of this block at `to`.
  void take(std::int64_t from, std::int64_t to, std::int64_t many) {
    if (of_.group.bounded()) std::copy_n(of_.x.number.get() + from, many, size_rows_.get() + to);
    if (!of_.exact) std::copy_n(of_.x_bound.number.get() + from, many, bound_rows_.get() + to);
  }
  void pad(std::int64_t to, std::int64_t many) {
    if (of_.group.bounded()) std::fill_n(size_rows_.get() + to, many, 0.0F);
    if (!of_.exact) std::fill_n(bound_rows_.get() + to, many, 0.0F);
  }
  void add(const double* rows, const SeedBlock& seed) {
    const std::size_t n = of_.group.filters();
    const Sizes s{length_, seed.size() / n, n};
    multiply(value_.data(), {rows, true}, {seed.value}, s, Into::kAdd);
    if (of_.group.bounded()) add_sizes(seed, s);
    const double g = gamma(of_.terms + 1, of_.group.seed.p);
    channels::add_sum({bias_.value.data(), bias_.bound.data(), n}, seed.value, seed.bound, s.k, g);
  }
  void add_to(ConvGradient& sum) const {
    const auto bring = [&](const std::vector<float>& sums, Restored r) {
      for (std::size_t i = 0; i < sums.size(); ++i)
        sum.kernel.bound[i] += r.scale * double(sums[i]) + r.lost;
    };
    for (std::size_t i = 0; i < value_.size(); ++i) sum.kernel.value[i] += value_[i];
    bring(by_size_, restored(of_.x.scale, of_.seed_scale, of_.terms));
    if (!of_.exact) bring(by_bound_, restored(of_.x_bound.scale, of_.whole_scale, of_.terms));
    for (std::size_t j = 0; j < bias_.size(); ++j) {
      sum.bias.value[j] += bias_.value[j];
      sum.bias.bound[j] += bias_.bound[j];
    }
  }

 private:
  void add_sizes(const SeedBlock& seed, Sizes s) {
    seed.sizes(seed_.get(), of_.seed_gamma, of_.again, of_.seed_scale);
    multiply(by_size_.data(), {size_rows_.get(), true}, {seed_.get()}, s, Into::kAdd);
    if (!of_.exact) {
      seed.sizes(seed_.get(), of_.again, of_.again, of_.whole_scale);
      multiply(by_bound_.data(), {bound_rows_.get(), true}, {seed_.get()}, s, Into::kAdd);
    }
  }
  const KernelTerms& of_;
  std::size_t length_;
  std::vector<double> value_;
  std::vector<float> by_size_, by_bound_;
  Bounded bias_;
  std::unique_ptr<float[]> seed_, size_rows_, bound_rows_;
};

// The derivative by the input, of one block of windows after the other.
class InputSum {
 public:
  // An element of x takes part in at most `parts` windows.
  InputSum(const GroupReverse& group, double parts)
      : group_(group),
        terms_(double(group.filters())),
        seed_gamma_(product_error(terms_, group.seed.p)),
        again_(carried_share(seed_gamma_, group.seed.p)),
        seed_scale_(group.seed.scale(seed_gamma_, again_)),
        weights_(sizes_of(group.kernel, 1, 0)),
        restored_(restored(seed_scale_, weights_.scale, terms_)),
        always_(restored_.lost + terms_ * group.seed.p.tiny),
        g_(gamma(parts, group.seed.p)) {}

  struct Rows {
    Rows(std::size_t rows, std::size_t length, std::size_t filters)
        : values(std::make_unique_for_overwrite<double[]>(rows * length)),
          products(std::make_unique<float[]>(rows * length)),  // zero where there are no bounds
          seed(std::make_unique_for_overwrite<float[]>(rows * filters)) {}
    std::unique_ptr<double[]> values;
    std::unique_ptr<float[]> products, seed;
  };
  void add(const PatchRange& range, const SeedBlock& seed, Rows& rows, Bounded& input) const {
    const std::size_t n = group_.filters();
    const Sizes s{seed.size() / n, n, std::size_t(range.length())};
    multiply(rows.values.get(), {seed.value}, {group_.kernel.value.data(), true}, s);
    if (group_.bounded()) {
      seed.sizes(rows.seed.get(), seed_gamma_, again_, seed_scale_);
      multiply(rows.products.get(), {rows.seed.get()}, {weights_.number.get(), true}, s);
    }
    walk_patches(range, [&](std::int64_t from, std::int64_t to, std::int64_t many) {
      lines::add_products({input.value.data() + from, input.bound.data() + from, std::size_t(many)},
                          rows.values.get() + to, rows.products.get() + to, restored_.scale,
                          always_, g_);
    });
  }

 private:
  const GroupReverse& group_;
  double terms_, seed_gamma_, again_, seed_scale_;
  Rounded weights_;
  Restored restored_;
  double always_, g_;
};

ConvGradient GroupReverse::run(const PatchRange& all, Bounded* input) const {
  const auto lines = std::size_t(all.lines_of_image()), width = std::size_t(all.of_line());
  const auto length = std::size_t(all.length()), images = std::size_t(x.shape[0]);
  const std::size_t rows = images * lines * width;
  require(double(rows) * double(length) <= kMaxElements &&
              double(rows) * double(length) * double(filters()) <= kMaxProducts,
          "too large to recompute");
  const auto block = std::size_t(lines_at_once(all)), piece = images_of_piece(all);
  const KernelTerms terms(*this, rows);
  std::optional<InputSum> by_input;
  if (input != nullptr) by_input.emplace(*this, double(length) / double(all.count));
  std::vector<std::optional<KernelSum>> sums((images + piece - 1) / piece);
  const auto work = [&](std::size_t begin, std::size_t end) {
    KernelSum& sum = sums[begin / piece].emplace(terms, length, block * width);
    const auto values = std::make_unique_for_overwrite<double[]>(block * width * length);
    SeedBlock inner(seed, block * width);
    std::optional<InputSum::Rows> back;
    if (input != nullptr) back.emplace(block * width, length, filters());
    for_blocks(all, begin, end, block, [&](const PatchRange& range, std::size_t first) {
      const auto copy = [&](std::int64_t from, std::int64_t to, std::int64_t many) {
        std::copy_n(x.data.value.data() + from, many, values.get() + to);
        sum.take(from, to, many);
      };
      walk_patches(range, copy, [&](std::int64_t to, std::int64_t many) {
        std::fill_n(values.get() + to, many, 0.0);
        sum.pad(to, many);
      });
      inner.load(first, std::size_t(range.lines) * width);
      sum.add(values.get(), inner);
      if (input != nullptr) by_input->add(range, inner, *back, *input);
    });
  };
  for_pieces(images, piece, work);
  const auto n = std::int64_t(filters());
  ConvGradient by{{}, Bounded(Shape{std::int64_t(length), n}), Bounded(Shape{n})};
  for (const auto& sum : sums) sum->add_to(by);
  for (double& bound : by.kernel.bound) bound += terms.terms * seed.p.tiny;
  return by;
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
                                     ConvReverseOptions options) {
  require(kernel.shape.size() == 5 && groups > 0, "kernel of unexpected rank");
  require(is_exact(kernel), "a kernel that was rounded");
  const std::int64_t depth = kernel.shape[3], filters = kernel.shape[4], each = filters / groups;
  const std::int64_t parts = windows.planes.size * windows.rows.size * windows.columns.size;
  const std::int64_t positions =
      x.shape[0] * windows.planes.outputs * windows.rows.outputs * windows.columns.outputs;
  require(std::int64_t(seed.size()) == positions * filters, "a derivative of another size");
  const Bounded flat = reshape(kernel, {parts * depth, filters});
  ConvGradient result;
  if (options.by_input) result.input = Bounded(x.shape);
  Bounded* input = options.by_input ? &result.input : nullptr;
  if (groups == 1) {
    const GroupReverse reverse{
        x, windows, flat, {seed, std::size_t(filters), p, options.rectified}};
    ConvGradient by = reverse.run({x.shape, windows, 0, depth, 0, 0}, input);
    result.kernel = std::move(by.kernel), result.bias = std::move(by.bias);
    result.kernel.shape = kernel.shape;
    allow_transform_reverse(result.input, result.kernel, x, kernel, seed, windows, groups, p);
    return result;
  }
  require(options.rectified == nullptr, "an activation after groups");
  const Bounded out = reshape(seed, {positions, filters});
  result.kernel = Bounded(kernel.shape);
  for (std::int64_t group = 0; group < groups; ++group) {
    const Bounded of_group = columns_of(flat, group * each, each),
                  own = columns_of(out, group * each, each);
    const GroupReverse reverse{x, windows, of_group, {own, std::size_t(each), p}};
    const Bounded by_kernel =
        reverse.run({x.shape, windows, group * depth, depth, 0, 0}, input).kernel;
    for (std::size_t i = 0; i < by_kernel.size(); ++i) {
      const std::size_t to = i / std::size_t(each) * std::size_t(filters) +
                             std::size_t(group * each) + i % std::size_t(each);
      result.kernel.value[to] = by_kernel.value[i];
      result.kernel.bound[to] = by_kernel.bound[i];
    }
  }
  allow_transform_reverse(result.input, result.kernel, x, kernel, seed, windows, groups, p);
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
