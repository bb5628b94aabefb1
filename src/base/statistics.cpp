#include "base/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

namespace kerasan {

Slope sen_slope(std::span<const double> x, std::span<const double> y,
                std::span<const std::size_t> stratum, double z) {
  const std::size_t n = x.size();
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  if (n < 10 || y.size() != n || stratum.size() != n) return {0, kNone};
  std::vector<double> slopes;
  std::map<std::size_t, double> sizes;
  for (std::size_t i = 0; i < n; ++i) {
    ++sizes[stratum[i]];
    for (std::size_t j = i + 1; j < n; ++j)
      if (stratum[i] == stratum[j]) slopes.push_back((y[j] - y[i]) / (x[j] - x[i]));
  }
  if (slopes.empty()) return {0, kNone};
  std::sort(slopes.begin(), slopes.end());
  // Without ties the variance of S is at its largest, so the limit is on the safe side.
  double variance = 0;
  for (const auto& [key, count] : sizes) variance += count * (count - 1) * (2 * count + 5) / 18;
  const double pairs = static_cast<double>(slopes.size());
  const double rank = std::floor((pairs - z * std::sqrt(variance)) / 2);
  Slope out{slopes[slopes.size() / 2], kNone};
  if (rank >= 1) out.lower = slopes[static_cast<std::size_t>(rank) - 1];
  return out;
}

Slope sen_slope(std::span<const double> x, std::span<const double> y, double z) {
  return sen_slope(x, y, std::vector<std::size_t>(x.size()), z);
}

double median_lower_limit(std::span<const double> values, double alpha) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double n = static_cast<double>(sorted.size());
  double limit = -std::numeric_limits<double>::infinity();
  // term: the chance that exactly i of the values lie below the median.
  double sum = 0, log_term = -n * std::log(2.0);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    sum += std::exp(log_term);
    if (sum > alpha) break;
    limit = sorted[i];
    log_term += std::log((n - static_cast<double>(i)) / (static_cast<double>(i) + 1));
  }
  return limit;
}

// The number of orders of m and n values with the statistic u obeys
// f(u; m, n) = f(u - n; m - 1, n) + f(u; m, n - 1); here as shares of all orders.
double rank_test(std::span<const double> a, std::span<const double> b) {
  constexpr std::size_t kMost = 64;
  const std::size_t n = a.size(), m = b.size();
  if (n == 0 || m == 0 || n > kMost || m > kMost) return 1;
  std::size_t above = 0;  // a tie counts for the other side
  for (const double x : a)
    for (const double y : b) above += y > x ? 1 : 0;
  // share[j][u] for the i values of b that are looked at so far and j values of a.
  std::vector<std::vector<double>> last(n + 1, std::vector<double>(n * m + 1));
  for (auto& row : last) row[0] = 1;
  for (std::size_t i = 1; i <= m; ++i) {
    std::vector<std::vector<double>> now(n + 1, std::vector<double>(n * m + 1));
    now[0][0] = 1;
    for (std::size_t j = 1; j <= n; ++j)
      for (std::size_t u = 0; u <= i * j; ++u) {
        const double all = static_cast<double>(i + j);
        const double from_b = u >= j ? last[j][u - j] * static_cast<double>(i) / all : 0;
        now[j][u] = from_b + now[j - 1][u] * static_cast<double>(j) / all;
      }
    last = std::move(now);
  }
  double chance = 0;
  for (std::size_t u = above; u <= n * m; ++u) chance += last[n][u];
  return std::min(chance, 1.0);
}

}  // namespace kerasan
