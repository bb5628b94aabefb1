// The arithmetic that the framework ran in.
#pragma once

#include <cmath>

#include "reference/layer.h"

namespace kerasan::reference {

struct Precision {
  double u = 0;     // unit roundoff, plus that of float64, in which the reference computes
  double tiny = 0;  // smallest normal number: subnormal results may be flushed to zero
  Rounding rounding = Rounding::kWorst;
};

// What n roundings make of a sum: at most gamma_n; where they are independent, a deviation of
// sqrt(n) u (Higham and Mary, A New Approach to Probabilistic Rounding Error Analysis, 2019).
inline double gamma(double n, const Precision& p) {
  return p.rounding == Rounding::kIndependent ? std::sqrt(n) * p.u : gamma(n, p.u);
}

inline Precision precision_of(DType dtype) {
  constexpr double kOwn = 0x1p-53;
  const double u = is_float(dtype) ? unit_roundoff(dtype) : unit_roundoff(DType::kFloat32);
  switch (dtype) {
    case DType::kFloat16:
      return {u + kOwn, 0x1p-14};
    case DType::kFloat64:
      return {u + kOwn, 0x1p-1022};
    default:
      return {u + kOwn, 0x1p-126};
  }
}

inline Precision precision_of(const LayerCall& call) {
  if (call.roundings == nullptr) return precision_of(call.compute_dtype);
  const Rounding kind = call.roundings->kind();
  if (kind == Rounding::kNone) return {0, 0, kind};
  Precision p = precision_of(call.compute_dtype);
  p.rounding = kind;
  return p;
}

}  // namespace kerasan::reference
