// What the hinge losses have in common.
#pragma once

#include <algorithm>

#include "reference/losses/rowwise.h"

namespace kerasan::reference {

// max(1 - t p, 0); targets in {0, 1} are documented to become {-1, 1}.
inline Scalar margin(const LossCall& call) {
  const auto& values = call.y_true.value;
  const bool zero_one =
      std::all_of(values.begin(), values.end(), [](double t) { return t == 0 || t == 1; });
  return
      [zero_one](double t, double p) { return std::max(1 - (zero_one ? 2 * t - 1 : t) * p, 0.0); };
}

}  // namespace kerasan::reference
