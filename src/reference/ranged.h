// A value with the interval that holds what any reasonable evaluation of it in the framework's
// precision gives. Interval arithmetic (Moore, Interval Analysis, 1966); roundings of the framework
// are added where they happen, those of float64 here are far below.
#pragma once

#include <algorithm>
#include <cmath>

#include "reference/bounded.h"

namespace kerasan::reference {

struct Ranged {
  double lo = 0, value = 0, hi = 0;
  Ranged() = default;
  Ranged(double exact) : lo(exact), value(exact), hi(exact) {}  // NOLINT: a number is a range
  Ranged(double low, double at, double high) : lo(low), value(at), hi(high) {}
  double bound() const { return std::max(hi - value, value - lo); }
  double magnitude() const { return std::max(std::abs(lo), std::abs(hi)); }
};

inline Ranged around(double value, double bound) { return {value - bound, value, value + bound}; }
inline Ranged at(const Bounded& b, std::size_t k) { return around(b.value[k], b.bound[k]); }
inline Ranged operator+(const Ranged& a, const Ranged& b) {
  return {a.lo + b.lo, a.value + b.value, a.hi + b.hi};
}
inline Ranged operator-(const Ranged& a, const Ranged& b) {
  return {a.lo - b.hi, a.value - b.value, a.hi - b.lo};
}
inline Ranged operator-(const Ranged& a) { return {-a.hi, -a.value, -a.lo}; }
inline Ranged operator*(const Ranged& a, const Ranged& b) {
  const auto [low, high] = std::minmax({a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi});
  return {low, a.value * b.value, high};
}
// Unbounded where the divisor may be zero.
inline Ranged operator/(const Ranged& a, const Ranged& b) {
  if (b.lo <= 0 && b.hi >= 0) return {-HUGE_VAL, b.value != 0 ? a.value / b.value : 0, HUGE_VAL};
  const auto [low, high] = std::minmax({a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi});
  return {low, a.value / b.value, high};
}
inline Ranged& operator+=(Ranged& a, const Ranged& b) { return a = a + b; }

inline Ranged widened(const Ranged& a, double by) { return {a.lo - by, a.value, a.hi + by}; }
// `relative` times the magnitude, for roundings.
inline Ranged rounded(const Ranged& a, double relative) {
  return relative == 0 ? a : widened(a, relative * a.magnitude());
}
// A function that rises with its argument.
template <class Function>
Ranged rising(const Ranged& a, Function f) {
  return {f(a.lo), f(a.value), f(a.hi)};
}
inline Ranged clamped(const Ranged& a, double low, double high) {
  return rising(a, [=](double v) { return std::clamp(v, low, high); });
}
inline Ranged square(const Ranged& a) {
  const auto [low, high] = std::minmax({a.lo * a.lo, a.hi * a.hi});
  return {a.lo <= 0 && a.hi >= 0 ? 0 : low, a.value * a.value, high};
}
inline Ranged square_root(const Ranged& a) {
  return rising(a, [](double v) { return std::sqrt(std::max(v, 0.0)); });
}
inline Ranged hull(const Ranged& a, const Ranged& b) {
  return {std::min(a.lo, b.lo), a.value, std::max(a.hi, b.hi)};
}

// A sum of many terms: gamma_n times the sum of their magnitudes besides their own widths.
class RangedSum {
 public:
  void add(const Ranged& term) {
    sum_ += term;
    magnitude_ += term.magnitude();
    ++terms_;
  }
  // `more`: roundings of each term besides the additions.
  Ranged result(double u, double more = 0) const {
    return widened(sum_, gamma(terms_ + more, u) * magnitude_);
  }
  double terms() const { return terms_; }
  double magnitude() const { return magnitude_; }

 private:
  Ranged sum_;
  double magnitude_ = 0, terms_ = 0;
};

}  // namespace kerasan::reference
