// mean over the last axis of |t - p|.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kMean, 2, [=](double t, double p) { return std::abs(t - p); });
}

const LossRegistrar registrar{"MeanAbsoluteError", &apply};

Sides sign(double t, double p) { return {p > t ? 1.0 : -1.0, p < t ? -1.0 : 1.0, 1}; }

LossGradient reverse(const LossGradientCall& call) {
  return rowwise_gradient(call.loss, Reduce::kMean, 0, convex(sign));
}

const LossGradientRegistrar gradient{"MeanAbsoluteError", &reverse};

}  // namespace
}  // namespace kerasan::reference
