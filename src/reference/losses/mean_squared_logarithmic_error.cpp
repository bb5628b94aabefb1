// mean over the last axis of (log(t + 1) - log(p + 1))^2, both at least epsilon.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/ranged.h"

namespace kerasan::reference {
namespace {

// 1 + x is rounded before its logarithm is taken: u / (1 + x) relative to it, so at most u besides
// the logarithm's own error.
Ranged logarithm(const Ranged& x, double u) {
  const Ranged l = rising(x, [](double v) { return std::log1p(std::max(v, kEpsilon)); });
  return widened(l, kElementary * u * std::abs(l.value) + 2 * u);
}

LossRows apply(const LossCall& call) {
  if (!same_elements(call) || call.y_pred.shape.empty()) return shape_mismatch(call);
  LossRows out{empty_rows(call), std::nullopt};
  const double u = unit_roundoff(call.precision);
  const std::size_t n = call.y_pred.size() / std::max<std::size_t>(1, out.rows.size());
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    RangedSum sum;
    for (std::size_t k = r * n; k < (r + 1) * n; ++k)
      sum.add(square(logarithm(at(call.y_true, k), u) - logarithm(at(call.y_pred, k), u)));
    const Ranged mean = sum.result(u, 6) * (1.0 / static_cast<double>(n));
    out.rows.value[r] = mean.value;
    out.rows.bound[r] = mean.bound();
  }
  return out;
}

const LossRegistrar registrar{"MeanSquaredLogarithmicError", &apply};

}  // namespace
}  // namespace kerasan::reference
