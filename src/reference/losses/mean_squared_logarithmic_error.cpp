// mean over the last axis of (log(t + 1) - log(p + 1))^2, both at least epsilon.
#include <algorithm>
#include <cmath>

#include "reference/losses/ranged_rows.h"
#include "reference/losses/slope.h"

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

// 2 (log(p + 1) - log(t + 1)) / (p + 1), where p is not below epsilon.
LossGradient reverse(const LossGradientCall& call) {
  const double u = unit_roundoff(call.loss.precision);
  return rowwise_gradient(
      call.loss, Reduce::kMean, 3 * kElementary, [=](double t, double from, double to) {
        const Ranged p = clamped({from, (from + to) / 2, to}, kEpsilon, HUGE_VAL);
        const Ranged apart = logarithm(p, u) - logarithm(t, u);
        const Ranged slope = Ranged(2) * apart / (Ranged(1) + p);
        const double size =
            2 * (std::abs(std::log1p(p.hi)) + std::abs(std::log1p(std::max(t, 0.0))));
        const Slopes s{slope.lo, slope.hi, size / (1 + p.lo)};
        return from <= 2 * kEpsilon ? or_zero(s) : s;
      });
}

const LossGradientRegistrar gradient{"MeanSquaredLogarithmicError", &reverse};

}  // namespace
}  // namespace kerasan::reference
