// mean of p - t log(p + epsilon).
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kMean, kElementary + 4,
                 [=](double t, double p) { return p - t * std::log(std::max(p, 0.0) + kEpsilon); });
}

const LossRegistrar registrar{"Poisson", &apply};

}  // namespace
}  // namespace kerasan::reference
