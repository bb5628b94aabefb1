// 100 * mean of |t - p| / max(|t|, epsilon).
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kMean, 5, [=](double t, double p) {
    return 100 * std::abs(t - p) / std::max(std::abs(t), kEpsilon);
  });
}

const LossRegistrar registrar{"MeanAbsolutePercentageError", &apply};

}  // namespace
}  // namespace kerasan::reference
