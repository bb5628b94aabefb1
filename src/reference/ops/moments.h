// Mean and variance over groups of elements, and the normalisation that uses them.
#pragma once

#include "reference/bounded.h"
#include "reference/ops/channels.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

struct Moments {
  std::vector<double> mean, mean_bound, variance, variance_bound;
};

// `group[i]` < `groups` is the group of element i. The variance bound covers the two-pass form
// and the one-pass form E[x^2] - E[x]^2, whose cancellation costs gamma_n (E[x^2] + E[x]^2)
// (Chan, Golub and LeVeque 1983).
Moments moments(const Bounded& x, const std::vector<std::size_t>& group, std::size_t groups,
                Precision p);

// The same with a mean of 0: `variance` is the mean square.
Moments mean_squares(const Bounded& x, const std::vector<std::size_t>& group, std::size_t groups,
                     Precision p);

// What the sums over each group give; variances stay 0.
Moments moments_of(const channels::Sums& sums, const std::vector<double>& count, Precision p);

// 1 / sqrt(variance + epsilon), which takes so many roundings.
Bounded inverse_deviations(const Moments& m, double epsilon, double roundings, Precision p);
inline constexpr double kRsqrt = 6, kRsqrtReverse = 8;

// x over its L2 norm along the axes. Frameworks protect a norm near zero in several ways: a line
// whose norm is below 1e-5 is left open (NaN), one of zeros stays zero.
Bounded unit_length(const Bounded& x, const std::vector<std::int64_t>& axes, Precision p);

// (x - mean) / sqrt(variance + epsilon) * scale + shift, each by its own index; the bound
// also covers x * s + (shift - mean * s) with s = scale / sqrt(variance + epsilon).
struct Affine {
  const std::vector<std::size_t>& group;  // into the moments
  const std::vector<std::size_t>& index;  // into scale and shift
  const Bounded* scale;                   // nullptr: 1
  const Bounded* shift;                   // nullptr: 0
};
Bounded normalize(const Bounded& x, const Moments& m, double epsilon, const Affine& affine,
                  Precision p);

}  // namespace kerasan::reference
