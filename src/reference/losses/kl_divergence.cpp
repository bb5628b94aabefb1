// sum over the last axis of t log(t / p), both clipped to [epsilon, 1].
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"
#include "reference/ranged.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  if (!same_elements(call) || call.y_pred.shape.empty()) return shape_mismatch(call);
  LossRows out{empty_rows(call), std::nullopt};
  const double u = unit_roundoff(call.precision);
  const std::size_t n = call.y_pred.size() / std::max<std::size_t>(1, out.rows.size());
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    RangedSum sum;
    for (std::size_t k = r * n; k < (r + 1) * n; ++k) {
      const double t = std::clamp(call.y_true.value[k], kEpsilon, 1.0);
      const Ranged p = clamped(at(call.y_pred, k), kEpsilon, 1.0);
      const Ranged log = -rising(p, [t](double v) { return std::log(v / t); });
      // The quotient is rounded, and epsilon itself: an absolute error of the logarithm.
      sum.add(Ranged(t) * widened(log, u * (kElementary * std::abs(log.value) + 4)));
    }
    const Ranged total = sum.result(u, 2);
    out.rows.value[r] = total.value;
    out.rows.bound[r] = total.bound();
  }
  return out;
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
