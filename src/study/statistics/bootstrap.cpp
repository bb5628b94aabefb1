#include "study/statistics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace kerasan::study {
namespace {

// As many items as there are, drawn with replacement: multinomial counts, drawn one pattern after
// another from the binomial of what is left.
std::vector<double> resample(const Ratings& ratings, std::mt19937_64& random) {
  auto left = static_cast<std::int64_t>(ratings.items());
  double mass = ratings.items();
  std::vector<double> counts;
  for (const Ratings::Pattern& pattern : ratings.patterns()) {
    const double share = mass > 0 ? std::min(1.0, pattern.count / mass) : 0.0;
    const std::int64_t drawn =
        share >= 1.0 ? left : std::binomial_distribution<std::int64_t>(left, share)(random);
    counts.push_back(static_cast<double>(drawn));
    left -= drawn;
    mass -= pattern.count;
  }
  return counts;
}

// Linear interpolation between the two nearest of sorted values.
double quantile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(at));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = at - static_cast<double>(below);
  return sorted[below] + part * (sorted[above] - sorted[below]);
}

}  // namespace

std::optional<Interval> bootstrap_interval(const Ratings& ratings, const Statistic& statistic,
                                           double confidence, int samples, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<double> values;
  for (int i = 0; i < samples; ++i) {
    const auto value = statistic(ratings.recounted(resample(ratings, random)));
    if (value) values.push_back(*value);
  }
  if (values.empty() || values.size() * 2 < static_cast<std::size_t>(samples)) return std::nullopt;
  std::sort(values.begin(), values.end());
  const double tail = (1.0 - confidence) / 2.0;
  return Interval{quantile(values, tail), quantile(values, 1.0 - tail),
                  samples - static_cast<int>(values.size())};
}

}  // namespace kerasan::study
