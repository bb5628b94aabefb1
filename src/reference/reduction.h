// How the values of a loss become the number that is told (documentation of keras.losses.Loss).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "reference/loss.h"

namespace kerasan::reference {

// One number for each element of `shape`; `given` starts with the batch axis and may leave later
// ones out or have them of size 1. nullopt where it does not fit.
std::optional<std::vector<double>> spread_over(const Shape& shape, const Bounded& given);

struct Reduction {
  // "none", "sum", "sum_over_batch_size" or "auto", "mean", "mean_with_sample_weight"
  std::string_view kind = "sum_over_batch_size";
  std::optional<Bounded> weights;
  std::optional<Bounded> mask;  // elements with 0 are left out of sums and counts
};

// The documented readings: one, or two where ignored rows may count as rows or not.
struct Reduced {
  std::vector<Bounded> accepted;
  std::optional<NotChecked> not_checked;
};
Reduced reduce(const LossRows& loss, const Reduction& reduction, double u);

}  // namespace kerasan::reference
