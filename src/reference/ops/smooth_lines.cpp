#include "reference/ops/smooth_lines.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "base/vectorised.h"

namespace kerasan::reference::lines {
namespace {

constexpr double kLog2e = 0x1.71547652b82fep+0;
constexpr double kLn2High = 0x1.62e42fefa3800p-1, kLn2Low = 0x1.ef35793c76730p-45;
constexpr double kRounder = 0x1.8p52;  // added, a number becomes an integer in its last bits
constexpr double kLeast = -700;        // below, powers of two leave the range of normal numbers

constexpr double kTerms[] = {1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880,
                             1.0 / 40320,     1.0 / 5040,     1.0 / 720,     1.0 / 120,
                             1.0 / 24,        1.0 / 6,        1.0 / 2};

// exp(y) = power (1 + rest) for kLeast <= y <= 0.
struct Exponential {
  double power, rest;
};

// y = k ln 2 + r with |r| <= ln 2 / 2, and Taylor's series of exp(r) - 1, whose next term is below
// 1e-17 (Cody and Waite, Software Manual for the Elementary Functions, 1980).
[[gnu::always_inline]] inline Exponential exponential(double y) {
  const double shifted = y * kLog2e + kRounder, k = shifted - kRounder;
  const double r = (y - k * kLn2High) - k * kLn2Low;
  double sum = 1.0 / 6227020800;
#pragma GCC unroll 16
  for (const double term : kTerms) sum = sum * r + term;
  const std::uint64_t exponent = (std::bit_cast<std::uint64_t>(shifted) + 1023) << 52;
  return {std::bit_cast<double>(exponent), r + r * r * sum};
}

KERASAN_VECTORISED
std::size_t logistic_within(double* to, const double* x, std::size_t size) {
  std::size_t beyond = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const double y = -std::fabs(x[i]);
    beyond += y >= kLeast ? 0 : 1;
    const Exponential e = exponential(y < kLeast ? kLeast : y);
    const double small = e.power + e.power * e.rest;
    to[i] = (x[i] >= 0 ? 1 : small) / (1 + small);
  }
  return beyond;
}

}  // namespace

void logistic(double* to, const double* x, std::size_t size) {
  if (logistic_within(to, x, size) == 0) return;
  for (std::size_t i = 0; i < size; ++i) {
    const double e = std::exp(-std::fabs(x[i]));
    to[i] = (x[i] >= 0 ? 1 : e) / (1 + e);
  }
}

// With t = exp(-2 |x|) - 1: -t / (2 + t), which loses nothing near 0.
KERASAN_VECTORISED
void tangent(double* to, const double* x, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const double y = -2 * std::fabs(x[i]);
    const Exponential e = exponential(y < kLeast ? kLeast : y);
    const double t = e.power * e.rest + (e.power - 1);
    to[i] = std::copysign(t / (2 + t), x[i]);
  }
}

}  // namespace kerasan::reference::lines
