#include "reference/ops/moments.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/ops/channels.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {

namespace {

channels::Sums sums_of(const Bounded& x, const std::vector<std::size_t>& group, bool last,
                       bool rows, std::size_t groups) {
  channels::Sums sums(groups);
  if (last)
    channels::add(sums, x.value.data(), x.bound.data(), x.size() / groups);
  else if (rows)
    channels::add_rows(sums, x.value.data(), x.bound.data(), x.size() / groups);
  for (std::size_t i = 0; !last && !rows && i < x.size(); ++i) {
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
  const bool last = channels::are_last(group, groups),
             rows = !last && channels::are_rows(group, groups), even = last || rows;
  std::vector<double> count(groups, even ? double(x.size() / groups) : 0.0), centered(groups);
  for (std::size_t i = 0; !even && i < x.size(); ++i) count[group[i]] += 1;
  const auto [sum, size, drift, square, cross] = sums_of(x, group, last, rows, groups);
  Moments m;
  for (std::size_t g = 0; g < groups; ++g) {
    const double n = std::max(count[g], 1.0), loss = gamma(n + 3, p);
    m.mean.push_back(sum[g] / n);
    m.mean_bound.push_back((loss * size[g] + drift[g]) / n + p.tiny);
    const double mean = std::fabs(m.mean[g]), dm = m.mean_bound[g];
    m.variance_bound.push_back((2 * loss * square[g] + cross[g]) / n + loss * mean * mean +
                               (2 * mean + dm) * dm + p.tiny);
  }
  if (last) channels::add_centered(centered, x.value.data(), m.mean, x.size() / groups);
  for (std::size_t i = 0; !last && i < x.size(); ++i) {
    const double c = x.value[i] - m.mean[group[i]];
    centered[group[i]] += c * c;
  }
  for (std::size_t g = 0; g < groups; ++g)
    m.variance.push_back(centered[g] / std::max(count[g], 1.0));
  return m;
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
  Bounded y(x.shape);
  constexpr double kRsqrt = 6;  // roundings in 1 / sqrt(variance + epsilon)
  struct Inverse {
    double value, bound;
  };
  std::vector<Inverse> inverses;
  for (std::size_t g = 0; g < m.mean.size(); ++g) {
    const double variance = m.variance[g], dv = m.variance_bound[g];
    const double inverse = 1 / std::sqrt(variance + epsilon);
    const double high = 1 / std::sqrt(std::max(variance - dv, 0.0) + epsilon);
    const double low = 1 / std::sqrt(variance + dv + epsilon);
    inverses.push_back({inverse, std::max(high - inverse, inverse - low) + kRsqrt * p.u * high});
  }
  const std::size_t groups = m.mean.size();
  const auto fits = [&](const Bounded* b) { return b == nullptr || b->size() == groups; };
  const bool same = &affine.group == &affine.index && fits(affine.scale) && fits(affine.shift);
  if (same && channels::are_last(affine.group, groups)) {
    channels::Normal by(groups);
    by.mean = m.mean, by.mean_bound = m.mean_bound;
    for (std::size_t g = 0; g < groups; ++g)
      by.inverse[g] = inverses[g].value, by.inverse_bound[g] = inverses[g].bound;
    if (affine.scale) by.scale = affine.scale->value, by.scale_bound = affine.scale->bound;
    if (affine.shift) by.shift = affine.shift->value, by.shift_bound = affine.shift->bound;
    channels::normalize({y.value.data(), y.bound.data(), y.size()}, x.value.data(), x.bound.data(),
                        by, p.u, p.tiny);
    return y;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t g = affine.group[i], at = affine.index[i];
    const double scale = affine.scale ? affine.scale->value[at] : 1;
    const double shift = affine.shift ? affine.shift->value[at] : 0;
    const auto [inverse, di] = inverses[g];
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
