// Confidence intervals by resampling items (Efron and Tibshirani, "An Introduction to the
// Bootstrap", 1993, percentile method).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "study/statistics/ratings.h"

namespace kerasan::study {

struct Interval {
  double low;
  double high;
  int undefined;  // samples in which the statistic has no value; they are left out
};

using Statistic = std::function<std::optional<double>(const Ratings&)>;

// The same seed gives the same interval. Empty when most samples have no value.
std::optional<Interval> bootstrap_interval(const Ratings& ratings, const Statistic& statistic,
                                           double confidence = 0.95, int samples = 1000,
                                           std::uint64_t seed = 1);

}  // namespace kerasan::study
