// The two 16-bit floating-point formats, converted with one correct rounding.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace kerasan {

// kPrecision counts the significand bits with the hidden one; kEmin is the exponent of the
// smallest normal number (IEEE 754-2019, table 3.5; bfloat16 is a float32 cut to 16 bits).
template <int kPrecision, int kEmin>
struct SmallFloat {
  static constexpr std::uint16_t kInfinity =
      static_cast<std::uint16_t>(0x7FFFU & ~((1U << (kPrecision - 1)) - 1U));
  std::uint16_t bits = 0;

  double to_double() const {
    const std::uint16_t magnitude = bits & 0x7FFFU;
    const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
    if (magnitude > kInfinity) return std::numeric_limits<double>::quiet_NaN();
    if (magnitude == kInfinity) return sign * std::numeric_limits<double>::infinity();
    const int exponent = magnitude >> (kPrecision - 1);
    int significand = magnitude & ((1 << (kPrecision - 1)) - 1);
    if (exponent > 0) significand |= 1 << (kPrecision - 1);
    const int scale = (exponent > 0 ? exponent - 1 : 0) + kEmin - (kPrecision - 1);
    return sign * std::ldexp(significand, scale);
  }

  // Round to nearest, ties to even, straight from double: going through float rounds twice.
  static SmallFloat from_double(double value) {
    const std::uint16_t sign = std::signbit(value) ? 0x8000U : 0U;
    if (std::isnan(value))
      return {static_cast<std::uint16_t>(sign | kInfinity | 1U << (kPrecision - 2))};
    if (std::isinf(value)) return {static_cast<std::uint16_t>(sign | kInfinity)};
    if (value == 0) return {sign};
    const int exponent = std::max(std::ilogb(value), kEmin);
    if (exponent > -kEmin + 1) return {static_cast<std::uint16_t>(sign | kInfinity)};
    const double units = std::nearbyint(std::ldexp(std::fabs(value), kPrecision - 1 - exponent));
    // A carry out of the significand moves into the exponent by itself.
    const std::uint32_t magnitude =
        (static_cast<std::uint32_t>(exponent - kEmin) << (kPrecision - 1)) +
        static_cast<std::uint32_t>(units);
    return {static_cast<std::uint16_t>(sign | std::min<std::uint32_t>(magnitude, kInfinity))};
  }
};

using Float16 = SmallFloat<11, -14>;
using BFloat16 = SmallFloat<8, -126>;

}  // namespace kerasan
