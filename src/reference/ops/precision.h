// The arithmetic that the framework ran in.
#pragma once

#include "reference/layer.h"

namespace kerasan::reference {

struct Precision {
  double u = 0;     // unit roundoff, plus that of float64, in which the reference computes
  double tiny = 0;  // smallest normal number: subnormal results may be flushed to zero
};

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

inline Precision precision_of(const LayerCall& call) { return precision_of(call.compute_dtype); }

}  // namespace kerasan::reference
