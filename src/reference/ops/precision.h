// The arithmetic that the framework ran in.
#pragma once

#include <algorithm>
#include <cmath>

#include "reference/layer.h"

namespace kerasan::reference {

struct Precision {
  double u = 0;     // unit roundoff, plus that of float64, in which the reference computes
  double tiny = 0;  // smallest normal number: subnormal results may be flushed to zero
  Rounding rounding = Rounding::kWorst;
  double factor = 0;  // relative error of each factor of a sum of products before it is multiplied
  bool transforms = false;  // for sums over windows alone, see ops/conv_transform.h
};

// What n roundings make of a sum: at most gamma_n; where they are independent, a deviation of
// sqrt(n) u (Higham and Mary, A New Approach to Probabilistic Rounding Error Analysis, 2019).
inline double gamma(double n, const Precision& p) {
  return p.rounding == Rounding::kIndependent ? std::sqrt(n) * p.u : gamma(n, p.u);
}

// What a sum of n products may be off, as a share of the sum of their magnitudes. With factors of
// fewer bits, matrix units add up what they have multiplied, and may cut off where others round
// (Fasi, Higham, Mikaitis, Pranesh, Numerical behavior of NVIDIA tensor cores, 2021).
inline double product_error(double n, const Precision& p) {
  if (p.factor == 0) return gamma(n + 2, p);
  const double once = p.factor * (2 + p.factor);
  return once + (1 + once) * gamma(2 * n + 4, p);
}

// The error of a computed factor grows with it.
inline double carried_share(double error, const Precision& p) {
  return p.factor == 0 ? 1 : 1 + error;
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

inline Precision precision_of(DType dtype, double factor) {
  Precision p = precision_of(dtype);
  if (dtype == DType::kFloat32) p.factor = factor;
  return p;
}

inline Precision precision_of(const LayerCall& call, double factor) {
  if (call.roundings == nullptr) return precision_of(call.compute_dtype, factor);
  const Rounding kind = call.roundings->kind();
  if (kind == Rounding::kNone) return {0, 0, kind};
  Precision p = precision_of(call.compute_dtype, factor);
  p.rounding = kind;
  return p;
}

// Of what the layer does with matrices; with windows; and in a loop over steps, which a library may
// do as a whole.
inline Precision precision_of(const LayerCall& call) {
  return precision_of(call, call.products.matmul);
}
inline Precision convolution_of(const LayerCall& call) {
  Precision p = precision_of(call, call.products.convolution);
  p.transforms = call.products.transforms && p.rounding != Rounding::kNone;
  return p;
}
inline Precision recurrence_of(const LayerCall& call) {
  return precision_of(call, std::max(call.products.matmul, call.products.recurrent));
}

}  // namespace kerasan::reference
