// How a loss scale moves from step to step (Micikevicius et al. 2018, section 3.2; documentation of
// LossScaleOptimizer).
#pragma once

#include <cstdint>
#include <string_view>

namespace kerasan::reference {

struct LossScale {
  double scale = 1;
  std::int64_t steps = 0;  // with finite gradients since the scale last moved
};

// After a step; one whose gradients are not all finite is skipped and halves the scale.
using LossScaleFunction = LossScale (*)(const LossScale& before, std::int64_t growth_steps,
                                        bool finite);

// nullptr when the class does not scale losses.
LossScaleFunction find_loss_scale(std::string_view class_name);

}  // namespace kerasan::reference
