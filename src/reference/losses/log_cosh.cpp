// mean of log(cosh(p - t)) = |x| + log1p(exp(-2|x|)) - log 2.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  return rowwise(call, Reduce::kMean, kElementary + 24, [=](double t, double p) {
    const double x = std::abs(p - t);
    return x + std::log1p(std::exp(-2 * x)) - std::log(2.0);
  });
}

const LossRegistrar registrar{"LogCosh", &apply};

}  // namespace
}  // namespace kerasan::reference
