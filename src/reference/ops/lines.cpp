#include "reference/ops/lines.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/vectorised.h"

namespace kerasan::reference::lines {
namespace {

constexpr std::size_t kLanes = 8;

inline double max(double a, double b) { return a < b ? b : a; }

}  // namespace

KERASAN_VECTORISED
void restore(Line to, const float* products, double scale, double always) {
  for (std::size_t i = 0; i < to.size; ++i) to.bound[i] = scale * double(products[i]) + always;
}

KERASAN_VECTORISED
void add_bias(Line to, const double* bias, const double* drift, double u) {
  for (std::size_t i = 0; i < to.size; ++i) {
    const double value = to.value[i] + bias[i];
    to.value[i] = value;
    to.bound[i] = (1 + u) * (to.bound[i] + drift[i]) + u * std::fabs(value);
  }
}

KERASAN_VECTORISED
void rectify(Line to) {
  for (std::size_t i = 0; i < to.size; ++i) {
    const double v = to.value[i], d = to.bound[i], y = max(v, 0);
    to.bound[i] = max(max(v + d, 0) - y, y - max(v - d, 0));
    to.value[i] = y;
  }
}

KERASAN_VECTORISED
void rectify_reverse(Line to, const double* y, const double* y_bound, const double* seed,
                     const double* seed_bound, double u, double tiny) {
  for (std::size_t i = 0; i < to.size; ++i) {
    const bool unsure = y_bound[i] > 0 && y[i] <= y_bound[i], open = y[i] > 0;
    const double s = seed[i], d = seed_bound[i];
    // A factor of 1 / 2 that is off by as much.
    const double value = unsure ? 0.5 * s : open ? s : 0;
    const double carried = unsure ? d + 0.5 * std::fabs(s) : open ? d : 0;
    to.value[i] = value;
    to.bound[i] =
        value != 0 || carried != 0 ? carried + u * (std::fabs(value) + carried) + tiny : 0;
  }
}

KERASAN_VECTORISED
void sizes(float* to, const double* value, const double* bound, std::size_t size, double of_value,
           double of_bound, double by) {
  if (of_bound == 0)
    for (std::size_t i = 0; i < size; ++i) to[i] = float(of_value * std::fabs(value[i]) * by);
  else if (of_value == 0)
    for (std::size_t i = 0; i < size; ++i) to[i] = float(of_bound * bound[i] * by);
  else
    for (std::size_t i = 0; i < size; ++i)
      to[i] = float((of_value * std::fabs(value[i]) + of_bound * bound[i]) * by);
}

KERASAN_VECTORISED
double largest(const double* value, const double* bound, std::size_t size, double of_value,
               double of_bound) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double most[kLanes] = {};
  const auto take = [&](std::size_t lane, double v) {
    most[lane] = v > most[lane] && v < kInfinity ? v : most[lane];
  };
  const auto all = [&](const auto& each) {
    std::size_t i = 0;
    for (; i + kLanes <= size; i += kLanes)
      for (std::size_t lane = 0; lane < kLanes; ++lane) take(lane, each(i + lane));
    for (; i < size; ++i) take(0, each(i));
  };
  if (of_bound == 0)
    all([&](std::size_t i) { return of_value * std::fabs(value[i]); });
  else if (of_value == 0)
    all([&](std::size_t i) { return of_bound * bound[i]; });
  else
    all([&](std::size_t i) { return of_value * std::fabs(value[i]) + of_bound * bound[i]; });
  return *std::max_element(most, most + kLanes);
}

KERASAN_VECTORISED
bool all_below(const double* value, std::size_t size, double limit) {
  std::size_t below = 0;
  for (std::size_t i = 0; i < size; ++i) below += std::fabs(value[i]) < limit;
  return below == size;
}

}  // namespace kerasan::reference::lines
