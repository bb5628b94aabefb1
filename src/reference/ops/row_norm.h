// Errors bounded twice: each element, and each row in the Euclidean norm. A product by the same
// matrix in every step multiplies bounds by element with sums of magnitudes, which grow with the
// number of units (the wrapping effect: Moore 1966; Higham, section 3); the norm it multiplies with
// the spectral norm of the matrix, near 1 for the kernels of recurrent layers.
#pragma once

#include <cmath>
#include <memory>
#include <string_view>

#include "reference/bounded.h"
#include "reference/ops/gemm.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

struct Normed : Bounded {
  std::vector<double> norm;  // of the error of each row, along the first axis

  Normed() = default;
  Normed(Bounded b);  // NOLINT(google-explicit-constructor): what the bounds by element tell
  const Bounded& plain() const { return *this; }
  std::size_t width() const { return norm.empty() ? 0 : size() / norm.size(); }
};

// The errors of one operand and, for each element of a result, how much of that operand's error in
// the same column reaches it. Of an operand with several columns for each: the root of the sum of
// the squares (Cauchy and Schwarz).
struct Share {
  const std::vector<double>& norm;
  const std::vector<double>& factor;
};

// `y` with bounds by element, whose error is also at most the shares and `local`, element by
// element.
Normed with_norms(Bounded y, const std::vector<Share>& shares, const std::vector<double>& local);

void settle(const LayerCall& call, std::vector<Normed>& outcomes);

// Whether errors come from steps before: else bounds by element tell as much.
inline bool carries_errors(const Precision& p) { return p.rounding == Rounding::kWorst; }

// A matrix by which rows are multiplied many times.
struct Kernel {
  Bounded matrix;
  // Where errors are carried:
  double norm = 0;                    // at least its spectral norm
  std::vector<double> rows, columns;  // at least their Euclidean norms
  // Where roundings are independent, and the matrix exact: its sizes_of(matrix, 1, 0).
  std::shared_ptr<const Rounded> sizes;

  Kernel() = default;
  Kernel(Bounded m, Precision p);
};

// At least the spectral norm of m, some parts in a hundred too large at most.
double spectral_norm(const Bounded& m);

Normed matmul(const Normed& x, const Kernel& by, Precision p);
Normed matmul_by_input(const Normed& seed, const Kernel& by, Precision p);
Normed plus(const Normed& a, const Normed& b, Precision p);
// x + bias along the last axis, where x is a sum of `terms` products.
Normed with_bias(const Normed& x, const Bounded& bias, Precision p, double terms);
// Element by element. The norm of a plain factor's error is that of its bounds.
Normed times(const Normed& x, const Bounded& factor, Precision p);
Normed times(const Normed& a, const Normed& b, Precision p);
Normed columns(const Normed& x, std::int64_t first, std::int64_t count);
// The sum of two of which one has zero in each row.
Normed joined(Normed a, const Normed& b);
Normed beside(const std::vector<Normed>& parts);

// A function of each element. |error of y| <= |derivative| |error of x| + local, where the
// derivative covers every x within its bound.
struct Activated {
  Bounded y, derivative;
  std::vector<double> local;
  bool by_element = false;  // else `derivative` is 0 and all is local

  double slope(std::size_t k) const { return std::fabs(derivative.value[k]) + derivative.bound[k]; }
};
Activated activated(std::string_view name, const Bounded& x, Precision p);
Normed outcome(const Activated& at, const Normed& x, Precision p);
// The derivative by x times `factor` and `seed`.
Normed through(const Activated& at, std::string_view name, const Bounded& x, const Bounded& factor,
               const Normed& seed, Precision p);
Normed through(const Activated& at, std::string_view name, const Bounded& x, const Normed& seed,
               Precision p);

}  // namespace kerasan::reference
