// mean over the last axis of -t log p - (1 - t) log(1 - p); from_logits in the stable form
// max(z, 0) - z t + log1p(exp(-|z|)). label_smoothing s: t (1 - s) + s / 2.
#include <algorithm>
#include <cmath>

#include "reference/losses/crossentropy.h"

namespace kerasan::reference {
namespace {

LossRows from_logits(const LossCall& call, double s) {
  return rowwise(call, Reduce::kMean, 2 * kElementary, [s](double t, double z) {
    const double target = t * (1 - s) + s / 2;
    return std::max(z, 0.0) - z * target + std::log1p(std::exp(-std::abs(z)));
  });
}

LossRows apply(const LossCall& call) {
  const double s = number(call.config, "label_smoothing", 0);
  if (flag(call.config, "from_logits")) return from_logits(call, s);
  if (!same_elements(call) || call.y_pred.shape.empty()) return shape_mismatch(call);
  LossRows out{empty_rows(call), std::nullopt};
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
  const double u = unit_roundoff(call.precision);
  for (std::size_t row = 0; row < out.rows.size(); ++row) {
    double sum = 0, spread = 0, magnitude = 0;
    for (std::size_t k = row * n; k < (row + 1) * n; ++k) {
      const double t = call.y_true.value[k] * (1 - s) + s / 2;
      const double p = call.y_pred.value[k], bound = call.y_pred.bound[k];
      const NegativeLog one = negative_log(p, bound, u);
      const NegativeLog zero = negative_log(1 - p, bound + u, u);
      const auto add = [&](double weight, const NegativeLog& l) {
        if (weight == 0) return;
        sum += weight * l.value;
        spread += std::abs(weight) * std::max(l.hi - l.value, l.value - l.lo);
        magnitude += std::abs(weight * l.value);
      };
      add(t, one);
      add(1 - t, zero);
    }
    out.rows.value[row] = sum / static_cast<double>(n);
    out.rows.bound[row] =
        (spread + gamma(static_cast<double>(n) + 6, u) * magnitude) / static_cast<double>(n) +
        2 * kEpsilon;
  }
  return out;
}

const LossRegistrar registrar{"BinaryCrossentropy", &apply};

}  // namespace
}  // namespace kerasan::reference
