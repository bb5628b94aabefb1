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
void add_restored(double* bound, const float* products, std::size_t size, double scale,
                  double always) {
  for (std::size_t i = 0; i < size; ++i) bound[i] += scale * double(products[i]) + always;
}

KERASAN_VECTORISED
void add_products(Line to, const double* value, const float* products, double scale, double always,
                  double g) {
  for (std::size_t i = 0; i < to.size; ++i) {
    const double v = value[i], d = scale * double(products[i]) + always;
    to.value[i] += v;
    to.bound[i] += d + g * (std::fabs(v) + d);
  }
}

KERASAN_VECTORISED
void add_parts(Line to, const double* value, const double* bound, double g) {
#pragma GCC ivdep
  for (std::size_t i = 0; i < to.size; ++i) {
    to.value[i] += value[i];
    to.bound[i] += bound[i] + g * (std::fabs(value[i]) + bound[i]);
  }
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
void multiply(Line to, const double* a, const double* a_bound, const double* b,
              const double* b_bound, double u, double tiny) {
#pragma GCC ivdep
  for (std::size_t i = 0; i < to.size; ++i) {
    const double carried = bound_of_product(a[i], a_bound[i], b[i], b_bound[i]);
    const double value = a[i] * b[i];
    to.value[i] = value;
    to.bound[i] =
        (value == 0) & (carried == 0) ? 0 : carried + u * (std::fabs(value) + carried) + tiny;
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

namespace {

// The derivative of one element by a slope of 0 or 1 (`open`), or by one of either, which is 1/2
// off by 1/2 (`half` is 1/2, else 0).
[[gnu::always_inline]] inline void by_slope(Line to, std::size_t i, double half, double open,
                                            double s, double d, double u, double tiny) {
  const double factor = half > 0 ? half : open;
  const double value = factor * s;
  const double carried = (factor > 0 ? (factor + half) * d : 0) + half * std::fabs(s);
  const double size = std::fabs(value) + carried;
  to.value[i] = value;
  to.bound[i] = size == 0 ? 0 : carried + u * size + tiny;
}

}  // namespace

KERASAN_VECTORISED
void rectify_reverse(Line to, const double* y, const double* y_bound, const double* seed,
                     const double* seed_bound, double u, double tiny) {
  for (std::size_t i = 0; i < to.size; ++i) {
    // Selections, no branches: signs alternate as they like.
    const double v = y[i], e = y_bound[i];
    const double half = (e > 0 ? 0.5 : 0) * (v <= e ? 1 : 0);
    by_slope(to, i, half, v > 0 ? 1 : 0, seed[i], seed_bound[i], u, tiny);
  }
}

KERASAN_VECTORISED
void relu_reverse(Line to, const double* x, const double* x_bound, const double* seed,
                  const double* seed_bound, double u, double tiny) {
  for (std::size_t i = 0; i < to.size; ++i) {
    const double half = std::fabs(x[i]) <= x_bound[i] ? 0.5 : 0;
    by_slope(to, i, half, x[i] > 0 ? 1 : 0, seed[i], seed_bound[i], u, tiny);
  }
}

KERASAN_VECTORISED
void raise(double* floor, const double* x, const double* x_bound, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) floor[i] = max(floor[i], x[i] - x_bound[i]);
}

KERASAN_VECTORISED
void count_reaching(double* count, const double* floor, const double* x, const double* x_bound,
                    std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) count[i] += x[i] + x_bound[i] >= floor[i] ? 1 : 0;
}

KERASAN_VECTORISED
void give_to_reaching(Line to, const double* count, const double* floor, const double* x,
                      const double* x_bound, const double* seed, const double* seed_bound) {
  for (std::size_t i = 0; i < to.size; ++i) {
    const double reaches = x[i] + x_bound[i] >= floor[i] ? 1 : 0;
    const double half = count[i] == 1 ? 0 : 0.5 * reaches;  // or all, or nothing
    to.value[i] = (reaches - half) * seed[i];
    to.bound[i] = reaches > 0 ? seed_bound[i] + half * std::fabs(seed[i]) : 0;
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
double sum_of_squares(const double* value, std::size_t size) {
  double sums[kLanes] = {}, sum = 0;
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      sums[lane] += value[i + lane] * value[i + lane];
  for (; i < size; ++i) sum += value[i] * value[i];
  for (const double one : sums) sum += one;
  return sum;
}

KERASAN_VECTORISED
double most(const double* value, std::size_t size) {
  double all[kLanes] = {};
  const auto take = [&](std::size_t lane, double v) {
    v = v == v ? v : std::numeric_limits<double>::infinity();
    all[lane] = max(all[lane], v);
  };
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) take(lane, value[i + lane]);
  for (; i < size; ++i) take(0, value[i]);
  return *std::max_element(all, all + kLanes);
}

KERASAN_VECTORISED
void limit(double* value, std::size_t size, double limit) {
  for (std::size_t i = 0; i < size; ++i) value[i] = limit < value[i] ? limit : value[i];
}

KERASAN_VECTORISED
bool all_zero(const double* value, std::size_t size) {
  std::size_t zero = 0;
  for (std::size_t i = 0; i < size; ++i) zero += value[i] == 0;
  return zero == size;
}

KERASAN_VECTORISED
bool all_below(const double* value, std::size_t size, double limit) {
  std::size_t below = 0;
  for (std::size_t i = 0; i < size; ++i) below += std::fabs(value[i]) < limit;
  return below == size;
}

}  // namespace kerasan::reference::lines
