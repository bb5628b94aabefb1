// sum over the last axis of t log(t / p), both clipped to [epsilon, 1].
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kSum, kElementary + 4, [=](double t, double p) {
    const double clipped = std::clamp(t, kEpsilon, 1.0);
    return clipped * std::log(clipped / std::clamp(p, kEpsilon, 1.0));
  });
}

const LossRegistrar registrar{"KLDivergence", &apply};

}  // namespace
}  // namespace kerasan::reference
