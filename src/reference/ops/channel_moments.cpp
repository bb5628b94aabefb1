#include "reference/ops/channel_moments.h"

#include <cmath>

#include "reference/ops/channels_exact.h"
#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

channels::Normal normal_of(const Moments& m, double epsilon, Precision p) {
  channels::Normal by(m.mean.size());
  by.mean = m.mean, by.mean_bound = m.mean_bound;
  const Bounded inverse = inverse_deviations(m, epsilon, kRsqrt, p);
  by.inverse = inverse.value, by.inverse_bound = inverse.bound;
  return by;
}

// The mean of n parts, of their sum.
void divide(channels::Column& sum, double n, Precision p) {
  for (std::size_t c = 0; c < sum.value.size(); ++c) {
    sum.value[c] /= n;
    sum.bound[c] = sum.bound[c] / n + 2 * p.u * std::fabs(sum.value[c]) + p.tiny;
  }
}

}  // namespace

Moments channel_moments(const Bounded& x, std::size_t channels, Precision p) {
  channels::Sums sums(channels);
  const std::size_t rows = channels == 0 ? 0 : x.size() / channels;
  channels::add(sums, x.value.data(), x.bound.data(), rows);
  Moments m = moments_of(sums, std::vector<double>(channels, double(rows)), p);
  channels::add_centered(m.variance, x.value.data(), m.mean, rows);
  for (double& variance : m.variance) variance /= std::max(1.0, double(rows));
  return m;
}

Bounded channel_normalize(const Bounded& x, const Moments& m, double epsilon, const Bounded* scale,
                          const Bounded* shift, Precision p) {
  Bounded y(x.shape);
  channels::Normal by = normal_of(m, epsilon, p);
  if (scale != nullptr) by.scale = scale->value, by.scale_bound = scale->bound;
  if (shift != nullptr) by.shift = shift->value, by.shift_bound = shift->bound;
  by = channels::repeated(by, channels::rows_at_once(m.mean.size(), x.size()));
  if (p.rounding == Rounding::kNone) {
    channels::normalize_exact(y.value.data(), x.value.data(), y.size(), by);
    return y;
  }
  channels::normalize({y.value.data(), y.bound.data(), y.size()}, x.value.data(), x.bound.data(),
                      by, p.u, p.tiny);
  return y;
}

NormalizeGradient channel_normalize_reverse(const Bounded& x, const Moments& m, double epsilon,
                                            const Bounded* scale, const Bounded& seed, bool own,
                                            const Shape& parameters, Precision p) {
  const std::size_t channels = m.mean.size(), rows = channels == 0 ? 0 : x.size() / channels;
  require(seed.size() == x.size(), "a derivative of another size");
  const channels::Elements all{x.value.data(), x.bound.data(), seed.value.data(), seed.bound.data(),
                               rows};
  const channels::Scaling by{normal_of(m, epsilon, p), scale == nullptr ? nullptr : &scale->value,
                             scale == nullptr ? nullptr : &scale->bound, p.u, p.tiny};
  const bool exact = p.rounding == Rounding::kNone;
  channels::SlopeSums sums = exact ? channels::slope_sums_exact(all, by)
                                   : channels::slope_sums(all, by, gamma(double(rows) + 1, p));
  channels::Slopes of{channels::Column(channels), channels::Column(channels),
                      channels::Column(channels), own};
  if (own) {
    const double n = std::max(1.0, double(rows));
    divide(sums.inner, n, p), divide(sums.inner_by_normal, n, p);
    of.mean = std::move(sums.inner), of.slope = std::move(sums.inner_by_normal);
  }
  const Bounded inverse = inverse_deviations(m, epsilon, kRsqrtReverse, p);
  of.inverse.value = inverse.value, of.inverse.bound = inverse.bound;
  NormalizeGradient out{Bounded(x.shape), Bounded(parameters), Bounded(parameters)};
  require(out.scale.size() == channels, "weights of unexpected size");
  if (exact)
    channels::slopes_exact(out.input.value.data(), all, by, of);
  else
    channels::slopes({out.input.value.data(), out.input.bound.data(), x.size()}, all, by, of);
  out.shift.value = std::move(sums.seed.value), out.shift.bound = std::move(sums.seed.bound);
  out.scale.value = std::move(sums.by_normal.value);
  out.scale.bound = std::move(sums.by_normal.bound);
  return out;
}

}  // namespace kerasan::reference
