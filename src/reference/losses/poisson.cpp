// mean of p - t log(p + epsilon).
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kMean, kElementary + 4,
                 [=](double t, double p) { return p - t * std::log(std::max(p, 0.0) + kEpsilon); });
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
