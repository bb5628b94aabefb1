// mean over the last axis of |t - p|.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kMean, 2, [=](double t, double p) { return std::abs(t - p); });
}

const LossRegistrar registrar{"MeanAbsoluteError", &apply};

}  // namespace
}  // namespace kerasan::reference
