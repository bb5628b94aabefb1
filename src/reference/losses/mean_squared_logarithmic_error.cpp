// mean over the last axis of (log(t + 1) - log(p + 1))^2, both at least epsilon.
#include <algorithm>
#include <cmath>

#include "reference/losses/ranged_rows.h"

namespace kerasan::reference {
namespace {

// 1 + x is rounded before its logarithm is taken: u / (1 + x) relative to it, so at most u besides
// the logarithm's own error.
Ranged logarithm(const Ranged& x, double u) {
  const Ranged l = rising(x, [](double v) { return std::log1p(std::max(v, kEpsilon)); });
  return widened(l, kElementary * u * std::abs(l.value) + 2 * u);
}

LossRows apply(const LossCall& call) {
  const double u = unit_roundoff(call.precision);
  return ranged_rows(call, Reduce::kMean, 6, [&](std::size_t k) {
    return square(logarithm(at(call.y_true, k), u) - logarithm(at(call.y_pred, k), u));
  });
}

const LossRegistrar registrar{"MeanSquaredLogarithmicError", &apply};

}  // namespace
}  // namespace kerasan::reference
