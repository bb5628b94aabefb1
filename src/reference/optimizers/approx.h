// One number in float64 with the error that a run in the framework's precision may have:
// running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 3.3).
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/ops/precision.h"

namespace kerasan::reference {

struct Approx {
  double value = 0, bound = 0;
  double u = 0;     // unit roundoff of the operations that it takes part in
  double tiny = 0;  // smallest normal number: subnormal results may be flushed

  static Approx exact(double value, Precision p) { return {value, 0, p.u, p.tiny}; }
  // A value that the run rounded once, or kept unrounded.
  static Approx rounded(double value, Precision p) {
    return {value, p.u * std::abs(value), p.u, p.tiny};
  }
  double high() const { return std::abs(value) + bound; }
};

// Bound of an elementary function, in units of u; as for the layers.
inline constexpr double kElementary = 8;

namespace detail {
inline Approx result(double value, double carried, const Approx& a, const Approx& b, double ulps,
                     bool scaled) {
  const double u = std::max(a.u, b.u), tiny = std::max(a.tiny, b.tiny);
  return {value, carried + ulps * u * (std::abs(value) + carried) + (scaled ? tiny : 0), u, tiny};
}
inline double unknown() { return std::numeric_limits<double>::infinity(); }
}  // namespace detail

inline Approx operator+(const Approx& a, const Approx& b) {
  return detail::result(a.value + b.value, a.bound + b.bound, a, b, 1, false);
}
inline Approx operator-(const Approx& a, const Approx& b) {
  return detail::result(a.value - b.value, a.bound + b.bound, a, b, 1, false);
}
inline Approx operator*(const Approx& a, const Approx& b) {
  const double carried =
      std::abs(a.value) * b.bound + a.bound * std::abs(b.value) + a.bound * b.bound;
  return detail::result(a.value * b.value, carried, a, b, 1, true);
}
// Also as a product with a reciprocal, which rounds twice.
inline Approx operator/(const Approx& a, const Approx& b) {
  const double least = std::abs(b.value) - b.bound;
  if (!(least > 0)) return {0, detail::unknown(), a.u, a.tiny};
  const double q = a.value / b.value;
  return detail::result(q, (a.bound + std::abs(q) * b.bound) / least, a, b, 2, true);
}
inline Approx root(const Approx& a) {
  const double value = std::sqrt(std::max(0.0, a.value)), low = std::max(0.0, a.value - a.bound);
  const double sum = value + std::sqrt(low);
  const double up = std::sqrt(std::max(0.0, a.value + a.bound)) - value;
  const double carried = a.bound == 0 ? 0 : std::max(up, sum > 0 ? (a.value - low) / sum : 0);
  return detail::result(value, carried, a, a, kElementary, false);
}
// a^b for a > 0: d(a^b) <= a^b (|b| |da/a| + |ln a| |db|), over the whole range of a and b.
inline Approx power(const Approx& a, const Approx& b) {
  if (b.value == 0 && b.bound == 0) return {1, 0, a.u, a.tiny};
  if (a.value == 0 && a.bound == 0) return {b.value > 0 ? 0 : detail::unknown(), 0, a.u, a.tiny};
  if (!(a.value - a.bound > 0)) return {0, detail::unknown(), a.u, a.tiny};
  const double value = std::pow(a.value, b.value);
  const double steep =
      b.high() * a.bound / (a.value - a.bound) + std::abs(std::log(a.value)) * b.bound;
  return detail::result(value, value * std::expm1(steep), a, b, kElementary, true);
}
inline Approx larger(const Approx& a, const Approx& b) {
  return {std::max(a.value, b.value), std::max(a.bound, b.bound), std::max(a.u, b.u),
          std::max(a.tiny, b.tiny)};
}

}  // namespace kerasan::reference
