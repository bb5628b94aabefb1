// mean of max(1 - t p, 0)^2; targets in {0, 1} are documented to become {-1, 1}.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  const auto& values = call.y_true.value;
  const bool zero_one =
      std::all_of(values.begin(), values.end(), [](double t) { return t == 0 || t == 1; });
  return rowwise(call, Reduce::kMean, 8, [=](double t, double p) {
    const double h = std::max(1 - (zero_one ? 2 * t - 1 : t) * p, 0.0);
    return h * h;
  });
}

const LossRegistrar registrar{"SquaredHinge", &apply};

}  // namespace
}  // namespace kerasan::reference
