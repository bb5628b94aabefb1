// mean over the last axis of (t - p)^2.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kMean, 4, [=](double t, double p) { return (t - p) * (t - p); });
}

const LossRegistrar registrar{"MeanSquaredError", &apply};

}  // namespace
}  // namespace kerasan::reference
