// mean of max(1 - t p, 0).
#include "reference/losses/margin.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) { return rowwise(call, Reduce::kMean, 4, margin(call)); }

const LossRegistrar registrar{"Hinge", &apply};

LossGradient reverse(const LossGradientCall& call) {
  return rowwise_gradient(call.loss, Reduce::kMean, 2, margin_slopes(call.loss, false));
}

const LossGradientRegistrar gradient{"Hinge", &reverse};

}  // namespace
}  // namespace kerasan::reference
