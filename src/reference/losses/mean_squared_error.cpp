// mean over the last axis of (t - p)^2.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kMean, 4, [=](double t, double p) { return (t - p) * (t - p); });
}

const LossRegistrar registrar{"MeanSquaredError", &apply};

LossGradient reverse(const LossGradientCall& call) {
  return rowwise_gradient(call.loss, Reduce::kMean, 2,
                          monotone([](double t, double p) { return 2 * (p - t); }));
}

const LossGradientRegistrar gradient{"MeanSquaredError", &reverse};

}  // namespace
}  // namespace kerasan::reference
