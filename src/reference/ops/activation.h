// The activation functions of Keras with the accuracy that a framework's own may have.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "reference/bounded.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

// Throws Unsupported for an unknown name.
Bounded activate(std::string_view name, Bounded x, Precision p);

// A monotone function of each element whose derivative is (high - y) (y - low) where it is y.
struct SmoothFunction {
  double (*f)(double);
  double low, high;           // its range
  double curvature;           // largest |f''|
  double relative, absolute;  // error of the framework's own, in u

  double slope(double y) const { return (high - y) * (y - low) + 0x1p-52; }
  // How far f may be from y where its argument is off by d: by Taylor's theorem at most
  // |f'| d + curvature d^2 / 2, and never out of its range.
  double spread(double y, double d) const {
    const double moved = slope(y) * d + 0.5 * curvature * d * d;
    const double most = y - low < high - y ? high - y : y - low;
    return moved < most ? moved : most;
  }
  double rounding(double y, double spread, Precision p) const {
    return p.u * (relative * (std::fabs(y) + spread) + absolute) + 2 * p.tiny;
  }
};
// "sigmoid" and "tanh"; nullptr for another.
const SmoothFunction* find_smooth(std::string_view name);

// max(x, 0) in Keras's general form, for x >= max_value, >= threshold and below.
Bounded relu(const Bounded& x, double negative_slope, double max_value, double threshold,
             Precision p);
Bounded elu(const Bounded& x, double alpha, Precision p);
Bounded softmax(const Bounded& x, std::int64_t axis, Precision p);
// max(x - tau, 0) along the axis, with tau such that the results sum to 1 (Martins and Astudillo
// 2016, "From softmax to sparsemax").
Bounded sparsemax(const Bounded& x, std::int64_t axis, Precision p);
// a * sigmoid(b) of the two halves of the axis (Dauphin et al. 2017).
Bounded glu(const Bounded& x, std::int64_t axis, Precision p);
Bounded log_softmax(const Bounded& x, std::int64_t axis, Precision p);

}  // namespace kerasan::reference
