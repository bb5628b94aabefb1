// mean of p - t log(p + epsilon).
#include <algorithm>
#include <cmath>

#include "reference/losses/ranged_rows.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  const double u = unit_roundoff(call.precision);
  return ranged_rows(call, Reduce::kMean, 2, [&](std::size_t k) {
    const double t = call.y_true.value[k];
    const Ranged p = at(call.y_pred, k);
    const Ranged log = rising(p, [](double v) { return std::log(std::max(v, 0.0) + kEpsilon); });
    // The sum p + epsilon is rounded: an absolute error of the logarithm. The terms may cancel.
    const double own = u * std::abs(t) * (kElementary * std::abs(log.value) + 4);
    return widened(p - Ranged(t) * log,
                   own + 2 * u * (std::abs(p.value) + std::abs(t * log.value)));
  });
}

const LossRegistrar registrar{"Poisson", &apply};

// 1 - t / (p + epsilon); a prediction that may not be positive has no bounded derivative.
LossGradient reverse(const LossGradientCall& call) {
  return rowwise_gradient(call.loss, Reduce::kMean, 4, [](double t, double from, double to) {
    const double low = std::max(from, 0.0) + kEpsilon, high = std::max(to, 0.0) + kEpsilon;
    const double a = 1 - t / low, b = 1 - t / high;
    const Slopes s{std::min(a, b), std::max(a, b), 1 + std::abs(t) / low};
    return from <= 0 ? or_zero(s) : s;
  });
}

const LossGradientRegistrar gradient{"Poisson", &reverse};

}  // namespace
}  // namespace kerasan::reference
