// mean of max(1 - t p, 0)^2.
#include "reference/losses/margin.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kMean, 8, [hinge = margin(call)](double t, double p) {
    const double h = hinge(t, p);
    return h * h;
  });
}

const LossRegistrar registrar{"SquaredHinge", &apply};

}  // namespace
}  // namespace kerasan::reference
