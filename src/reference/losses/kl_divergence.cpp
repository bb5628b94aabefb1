// sum over the last axis of t log(t / p), both clipped to [epsilon, 1].
#include <algorithm>
#include <cmath>

#include "reference/losses/ranged_rows.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  const double u = unit_roundoff(call.precision);
  return ranged_rows(call, Reduce::kSum, 2, [&](std::size_t k) {
    const double t = std::clamp(call.y_true.value[k], kEpsilon, 1.0);
    const Ranged p = clamped(at(call.y_pred, k), kEpsilon, 1.0);
    const Ranged log = -rising(p, [t](double v) { return std::log(v / t); });
    // The quotient is rounded, and epsilon itself: an absolute error of the logarithm.
    return Ranged(t) * widened(log, u * (kElementary * std::abs(log.value) + 4));
  });
}

const LossRegistrar registrar{"KLDivergence", &apply};

// -t / p, and 0 where p was clipped.
LossGradient reverse(const LossGradientCall& call) {
  return rowwise_gradient(call.loss, Reduce::kSum, 4, [](double t, double from, double to) {
    const double clipped = std::clamp(t, kEpsilon, 1.0), low = std::max(from, kEpsilon / 2);
    const double a = -clipped / low, b = -clipped / std::max(to, low);
    const Slopes s{std::min(a, b), std::max(a, b), std::abs(a)};
    return from <= kEpsilon * 1.01 || to >= 1 ? or_zero(s) : s;
  });
}

const LossGradientRegistrar gradient{"KLDivergence", &reverse};

}  // namespace
}  // namespace kerasan::reference
