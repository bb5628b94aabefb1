// 100 * mean of |t - p| / max(|t|, epsilon).
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kMean, 5, [=](double t, double p) {
    return 100 * std::abs(t - p) / std::max(std::abs(t), kEpsilon);
  });
}

const LossRegistrar registrar{"MeanAbsolutePercentageError", &apply};

Sides sides(double t, double p) {
  const double size = 100 / std::max(std::abs(t), kEpsilon);
  return {p > t ? size : -size, p < t ? -size : size, size};
}

LossGradient reverse(const LossGradientCall& call) {
  return rowwise_gradient(call.loss, Reduce::kMean, 3, convex(sides));
}

const LossGradientRegistrar gradient{"MeanAbsolutePercentageError", &reverse};

}  // namespace
}  // namespace kerasan::reference
