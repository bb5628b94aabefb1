// Plain matrix products, and those of sizes of which error bounds are made.
#pragma once

#include <cmath>
#include <memory>

#include "reference/bounded.h"

namespace kerasan::reference {

// A row-major matrix as it lies in memory, [rows, columns] or, turned, [columns, rows].
template <class Number>
struct Factor {
  const Number* data;
  bool turned = false;
};

// Of the product of [m, k] and [k, n].
struct Sizes {
  std::size_t m, k, n;
};

enum class Into { kReplace, kAdd };

// c = a b or c += a b.
void multiply(double* c, Factor<double> a, Factor<double> b, Sizes s, Into into = Into::kReplace);
void multiply(float* c, Factor<float> a, Factor<float> b, Sizes s, Into into = Into::kReplace);

// What is not negative, in single precision and none smaller than it was: value <= number * scale.
struct Rounded {
  std::unique_ptr<float[]> number;
  double scale = 1;
};

// More than a rounding to single precision takes away.
inline constexpr double kRoundedUp = 1 + 0x1p-23;
// of_value |x| + of_bound bound(x); what is not finite stays so.
Rounded sizes_of(const Bounded& x, double of_value, double of_bound);

// Products of k such sizes in single precision are too small by at most gamma_k of themselves, and
// by an underflow of each product and of each factor, all below 2^2:
// the exact sum <= scale * sum + lost.
struct Restored {
  double scale, lost;
};
Restored restored(const Rounded& a, const Rounded& b, double k);
Restored restored(double scale_of_a, double scale_of_b, double k);

bool is_exact(const Bounded& x);

}  // namespace kerasan::reference
