// Quadratic within delta, linear beyond (Huber 1964).
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  const double delta = number(call.config, "delta", 1.0);
  return rowwise(call, Reduce::kMean, 6, [=](double t, double p) {
    const double e = std::abs(t - p);
    return e <= delta ? 0.5 * e * e : delta * e - 0.5 * delta * delta;
  });
}

const LossRegistrar registrar{"Huber", &apply};

LossGradient reverse(const LossGradientCall& call) {
  const double delta = number(call.loss.config, "delta", 1.0);
  return rowwise_gradient(call.loss, Reduce::kMean, 4, monotone([=](double t, double p) {
                            return std::clamp(p - t, -delta, delta);
                          }));
}

const LossGradientRegistrar gradient{"Huber", &reverse};

}  // namespace
}  // namespace kerasan::reference
