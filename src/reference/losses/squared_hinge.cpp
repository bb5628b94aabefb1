// mean of max(1 - t p, 0)^2.
#include "reference/losses/margin.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kMean, 8, [hinge = margin(call)](double t, double p) {
    const double h = hinge(t, p);
    return h * h;
  });
}

const LossRegistrar registrar{"SquaredHinge", &apply};

LossGradient reverse(const LossGradientCall& call) {
  return rowwise_gradient(call.loss, Reduce::kMean, 4, margin_slopes(call.loss, true));
}

const LossGradientRegistrar gradient{"SquaredHinge", &reverse};

}  // namespace
}  // namespace kerasan::reference
