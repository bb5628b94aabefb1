#include "base/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace kerasan {

Slope sen_slope(std::span<const double> x, std::span<const double> y, double z) {
  const std::size_t n = x.size();
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  if (n < 10 || y.size() != n) return {0, kNone};
  std::vector<double> slopes;
  slopes.reserve(n * (n - 1) / 2);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i + 1; j < n; ++j) slopes.push_back((y[j] - y[i]) / (x[j] - x[i]));
  std::sort(slopes.begin(), slopes.end());
  const double pairs = static_cast<double>(slopes.size());
  const double count = static_cast<double>(n);
  // Without ties the variance of S is at its largest, so the limit is on the safe side.
  const double sigma = std::sqrt(count * (count - 1) * (2 * count + 5) / 18);
  const double rank = std::floor((pairs - z * sigma) / 2);
  Slope out{slopes[slopes.size() / 2], kNone};
  if (rank >= 1) out.lower = slopes[static_cast<std::size_t>(rank) - 1];
  return out;
}

}  // namespace kerasan
