#include "reference/ops/moments_reverse.h"

#include <algorithm>
#include <cmath>

#include "reference/ops/channels.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

Bounded spread(const Bounded& values, const std::vector<std::size_t>& index, const Shape& shape) {
  Bounded out(shape);
  if (values.size() > 0 && channels::are_last(index, values.size())) {
    channels::spread({out.value.data(), out.bound.data(), out.size()}, values.value.data(),
                     values.bound.data(), values.size());
    return out;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    out.value[i] = values.value[index[i]];
    out.bound[i] = values.bound[index[i]];
  }
  return out;
}

Bounded means(const Bounded& x, const std::vector<std::size_t>& group, std::size_t groups,
              Precision p) {
  Bounded out = sum_groups(x, group, Shape{std::int64_t(groups)}, p);
  const double n = std::max(1.0, double(x.size()) / double(groups));
  for (std::size_t g = 0; g < groups; ++g) {
    out.value[g] /= n;
    out.bound[g] = out.bound[g] / n + 2 * p.u * std::fabs(out.value[g]) + p.tiny;
  }
  return out;
}

}  // namespace

NormalizeGradient normalize_reverse(const Bounded& x, const Moments& m, double epsilon,
                                    const Affine& affine, const Bounded& seed, bool own,
                                    const Shape& parameters, Precision p, bool centred) {
  const Bounded normal =
      normalize(x, m, epsilon, {affine.group, affine.index, nullptr, nullptr}, p);
  NormalizeGradient out;
  out.shift = sum_groups(seed, affine.index, parameters, p);
  out.scale = sum_groups(product(seed, normal, p), affine.index, parameters, p);
  Bounded inner = affine.scale == nullptr
                      ? seed
                      : product(seed, spread(*affine.scale, affine.index, x.shape), p);
  const Bounded inverse = inverse_deviations(m, epsilon, kRsqrtReverse, p);
  if (own) {
    const std::size_t groups = m.mean.size();
    const Bounded mean =
        centred ? means(inner, affine.group, groups, p) : Bounded(Shape{std::int64_t(groups)});
    const Bounded slope = means(product(inner, normal, p), affine.group, groups, p);
    for (std::size_t i = 0; i < inner.size(); ++i) {
      const std::size_t g = affine.group[i];
      const double turned = normal.value[i] * slope.value[g];
      // x - mean and x^2 - mean^2 are differences of rounded values in some forms.
      const double sizes = (std::fabs(x.value[i]) + std::fabs(m.mean[g])) * inverse.value[g];
      const double carried =
          inner.bound[i] + mean.bound[g] +
          bound_of_product(normal.value[i], normal.bound[i], slope.value[g], slope.bound[g]);
      inner.bound[i] = carried + 6 * p.u *
                                     (std::fabs(inner.value[i]) + std::fabs(mean.value[g]) +
                                      (std::fabs(normal.value[i]) + sizes) *
                                          (std::fabs(slope.value[g]) + slope.bound[g]));
      inner.value[i] -= mean.value[g] + turned;
    }
  }
  out.input = product(inner, spread(inverse, affine.group, x.shape), p);
  return out;
}

// With y = x / |x|: (seed - y sum(seed y)) / |x|, the derivative of a normalisation by the mean
// square, up to the root of the count.
Bounded unit_length_reverse(const Bounded& x, const Bounded& seed,
                            const std::vector<std::int64_t>& axes, Precision p) {
  Shape groups = x.shape;
  for (std::int64_t axis : axes) groups.at(std::size_t(axis)) = 1;
  const auto group = broadcast_index(groups, x.shape);
  const std::size_t count = element_count(groups);
  const Moments m = mean_squares(x, group, count, p);
  for (double square : m.variance) require(square > 1e-10, "a length near zero");
  const double n = double(x.size()) / double(std::max<std::size_t>(count, 1));
  const Affine plain{group, group, nullptr, nullptr};
  Bounded by = normalize_reverse(x, m, 0, plain, seed, true, groups, p, false).input;
  const double root = 1 / std::sqrt(n);
  for (std::size_t i = 0; i < by.size(); ++i) {
    by.value[i] *= root;
    by.bound[i] = by.bound[i] * root + 3 * p.u * std::fabs(by.value[i]);
  }
  return by;
}

}  // namespace kerasan::reference
