// max(1 + max((1 - t) p) - sum(t p), 0) over the last axis.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  if (call.y_true.shape != call.y_pred.shape || call.y_pred.shape.empty())
    return shape_mismatch(call);
  LossRows out{empty_rows(call), std::nullopt};
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
  const double u = unit_roundoff(call.precision);
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    double positive = 0, magnitude = 0, negative = -HUGE_VAL, widest = 0, spread = 0;
    for (std::size_t k = r * n; k < (r + 1) * n; ++k) {
      const double t = call.y_true.value[k], p = call.y_pred.value[k];
      positive += t * p;
      magnitude += std::abs(t * p);
      spread += std::abs(t) * call.y_pred.bound[k];
      negative = std::max(negative, (1 - t) * p);
      widest = std::max(widest, std::abs(1 - t) * (call.y_pred.bound[k] + 2 * u * std::abs(p)));
    }
    out.rows.value[r] = std::max(1 + negative - positive, 0.0);
    out.rows.bound[r] = spread + widest +
                        gamma(static_cast<double>(n) + 3, u) * (1 + magnitude + std::abs(negative));
  }
  return out;
}

const LossRegistrar registrar{"CategoricalHinge", &apply};

}  // namespace
}  // namespace kerasan::reference
