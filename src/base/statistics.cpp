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

}  // namespace kerasan
