#include "reference/ops/moments.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/ops/channel_moments.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {

namespace {

channels::Sums sums_of(const Bounded& x, const std::vector<std::size_t>& group, bool rows,
                       std::size_t groups) {
  channels::Sums sums(groups);
  if (rows) channels::add_rows(sums, x.value.data(), x.bound.data(), x.size() / groups);
  for (std::size_t i = 0; !rows && i < x.size(); ++i) {
    const std::size_t g = group[i];
    const double v = x.value[i], d = x.bound[i];
    sums.value[g] += v;
    sums.size[g] += std::fabs(v);
    sums.bound[g] += d;
    sums.square[g] += v * v;
    sums.cross[g] += (2 * std::fabs(v) + d) * d;
  }
  return sums;
}

}  // namespace

Moments moments(const Bounded& x, const std::vector<std::size_t>& group, std::size_t groups,
                Precision p) {
  if (channels::are_last(group, groups)) return channel_moments(x, groups, p);
  const bool rows = channels::are_rows(group, groups);
  std::vector<double> count(groups, rows ? double(x.size() / groups) : 0.0);
  for (std::size_t i = 0; !rows && i < x.size(); ++i) count[group[i]] += 1;
  Moments m = moments_of(sums_of(x, group, rows, groups), count, p);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double c = x.value[i] - m.mean[group[i]];
    m.variance[group[i]] += c * c;
  }
  for (std::size_t g = 0; g < groups; ++g) m.variance[g] /= std::max(count[g], 1.0);
  return m;
}

Moments moments_of(const channels::Sums& sums, const std::vector<double>& count, Precision p) {
  Moments m;
  m.variance.resize(count.size());
  for (std::size_t g = 0; g < count.size(); ++g) {
    const double n = std::max(count[g], 1.0), loss = gamma(n + 3, p);
    m.mean.push_back(sums.value[g] / n);
    m.mean_bound.push_back((loss * sums.size[g] + sums.bound[g]) / n + p.tiny);
    const double mean = std::fabs(m.mean[g]), dm = m.mean_bound[g];
    m.variance_bound.push_back((2 * loss * sums.square[g] + sums.cross[g]) / n +
                               loss * mean * mean + (2 * mean + dm) * dm + p.tiny);
  }
  return m;
}

Bounded inverse_deviations(const Moments& m, double epsilon, double roundings, Precision p) {
  Bounded out(Shape{std::int64_t(m.variance.size())});
  for (std::size_t g = 0; g < out.size(); ++g) {
    const double variance = m.variance[g], d = m.variance_bound[g];
    const double high = 1 / std::sqrt(std::max(variance - d, 0.0) + epsilon);
    const double low = 1 / std::sqrt(variance + d + epsilon);
    out.value[g] = 1 / std::sqrt(variance + epsilon);
    out.bound[g] = std::max(high - out.value[g], out.value[g] - low) + roundings * p.u * high;
  }
  return out;
}

Moments mean_squares(const Bounded& x, const std::vector<std::size_t>& group, std::size_t groups,
                     Precision p) {
  std::vector<double> count(groups);
  Moments m{std::vector<double>(groups), std::vector<double>(groups), std::vector<double>(groups),
            std::vector<double>(groups)};
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = x.value[i], d = x.bound[i];
    count[group[i]] += 1;
    m.variance[group[i]] += v * v;
    m.variance_bound[group[i]] += (2 * std::fabs(v) + d) * d;
  }
  for (std::size_t g = 0; g < groups; ++g) {
    const double n = std::max(count[g], 1.0);
    m.variance[g] /= n;
    m.variance_bound[g] = m.variance_bound[g] / n + gamma(n + 3, p) * m.variance[g] + p.tiny;
  }
  return m;
}

Bounded unit_length(const Bounded& x, const std::vector<std::int64_t>& axes, Precision p) {
  Shape groups = x.shape;
  for (std::int64_t axis : axes) groups.at(std::size_t(axis)) = 1;
  const auto group = broadcast_index(groups, x.shape);
  const std::size_t count = element_count(groups);
  Moments m = mean_squares(x, group, count, p);
  // Of the sum, not of the mean.
  const double n = count == 0 ? 0 : double(x.size()) / double(count);
  for (std::size_t g = 0; g < count; ++g) {
    m.variance[g] *= n;
    m.variance_bound[g] *= n;
    if (m.variance[g] > 0 && m.variance[g] < 1e-10)
      m.variance[g] = std::numeric_limits<double>::quiet_NaN();
  }
  Bounded y = normalize(x, m, 0, {group, group, nullptr, nullptr}, p);
  for (std::size_t i = 0; i < y.size(); ++i)
    if (m.variance[group[i]] == 0) y.value[i] = y.bound[i] = 0;
  return y;
}

Bounded normalize(const Bounded& x, const Moments& m, double epsilon, const Affine& affine,
                  Precision p) {
  const std::size_t groups = m.mean.size();
  const auto fits = [&](const Bounded* b) { return b == nullptr || b->size() == groups; };
  const bool same = &affine.group == &affine.index && fits(affine.scale) && fits(affine.shift);
  if (same && channels::are_last(affine.group, groups))
    return channel_normalize(x, m, epsilon, affine.scale, affine.shift, p);
  Bounded y(x.shape);
  const Bounded inverses = inverse_deviations(m, epsilon, kRsqrt, p);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t g = affine.group[i], at = affine.index[i];
    const double scale = affine.scale ? affine.scale->value[at] : 1;
    const double shift = affine.shift ? affine.shift->value[at] : 0;
    const double inverse = inverses.value[g], di = inverses.bound[g];
    const double c = x.value[i] - m.mean[g], dc = x.bound[i] + m.mean_bound[g];
    y.value[i] = c * inverse * scale + shift;
    const double spread = (dc * (inverse + di) + std::fabs(c) * di) * std::fabs(scale);
    const double sizes = (std::fabs(x.value[i]) + std::fabs(m.mean[g])) * (inverse + di);
    y.bound[i] =
        spread + 4 * p.u * (sizes * std::fabs(scale) + std::fabs(shift) + spread) + 3 * p.tiny;
    if (affine.scale) y.bound[i] += affine.scale->bound[at] * (std::fabs(c) + dc) * (inverse + di);
    if (affine.shift) y.bound[i] += affine.shift->bound[at];
  }
  return y;
}

}  // namespace kerasan::reference
