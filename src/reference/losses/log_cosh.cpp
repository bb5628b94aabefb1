// mean of log(cosh(p - t)) = |x| + log1p(exp(-2|x|)) - log 2.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kMean, kElementary + 24, [=](double t, double p) {
    const double x = std::abs(p - t);
    return x + std::log1p(std::exp(-2 * x)) - std::log(2.0);
  });
}

const LossRegistrar registrar{"LogCosh", &apply};

// tanh, as 1 - 2 sigmoid(-2 x).
LossGradient reverse(const LossGradientCall& call) {
  return rowwise_gradient(call.loss, Reduce::kMean, kElementary + 4,
                          convex([](double t, double p) {
                            const double slope = std::tanh(p - t);
                            return Sides{slope, slope, 3};
                          }));
}

const LossGradientRegistrar gradient{"LogCosh", &reverse};

}  // namespace
}  // namespace kerasan::reference
