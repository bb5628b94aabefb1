// sum over the last axis of t log(t / p), both clipped to [epsilon, 1].
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kSum, kElementary + 4, [=](double t, double p) {
    const double clipped = std::clamp(t, kEpsilon, 1.0);
    return clipped * std::log(clipped / std::clamp(p, kEpsilon, 1.0));
  });
}

const LossRegistrar registrar{"KLDivergence", &apply};

// -t / p, and 0 where p was clipped.
LossGradient reverse(const LossGradientCall& call) {
  return rowwise_gradient(call.loss, Reduce::kSum, 4, [](double t, double from, double to) {
    const double clipped = std::clamp(t, kEpsilon, 1.0), low = std::max(from, kEpsilon / 2);
    const double a = -clipped / low, b = -clipped / std::max(to, low);
    const Slopes s{std::min(a, b), std::max(a, b), std::abs(a)};
    return from <= kEpsilon * 1.01 || to >= 1 ? or_zero(s) : s;
  });
}

const LossGradientRegistrar gradient{"KLDivergence", &reverse};

}  // namespace
}  // namespace kerasan::reference
