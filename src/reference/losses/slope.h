// Derivatives of losses that are a function of (target, prediction), averaged or summed over the
// last axis.
#pragma once

#include <functional>

#include "reference/gradient.h"
#include "reference/losses/rowwise.h"

namespace kerasan::reference {

// The derivative by the prediction while that goes over an interval.
struct Slopes {
  double lo = 0, hi = 0;
  double size = 0;  // the sum of magnitudes of its terms, for rounding
};
using SlopesOver = std::function<Slopes(double target, double from, double to)>;

// Both one-sided derivatives of a convex function at one point.
struct Sides {
  double left = 0, right = 0, size = 0;
};
using SidesAt = std::function<Sides(double target, double prediction)>;

// The derivative of a convex function grows: its range is told by the ends.
SlopesOver convex(SidesAt sides);
// A derivative that is continuous and monotone.
SlopesOver monotone(std::function<double(double target, double prediction)> slope);

// `rounding`: relative rounding error of one evaluation, in units of u.
LossGradient rowwise_gradient(const LossCall& call, Reduce reduce, double rounding,
                              const SlopesOver& slopes);
LossGradient no_gradient(std::string reason);

// The smallest interval that also holds zero: where clipping may have cut the derivative off.
inline Slopes or_zero(Slopes s) { return {s.lo < 0 ? s.lo : 0, s.hi > 0 ? s.hi : 0, s.size}; }

// max(1 - t p, 0) to a power of one or two; targets as in margin.h.
SlopesOver margin_slopes(const LossCall& call, bool squared);

}  // namespace kerasan::reference
