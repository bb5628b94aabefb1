// max(1 + max((1 - t) p) - sum(t p), 0) over the last axis.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"

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

// -t, and 1 - t more for the largest (1 - t) p; nothing where the margin is kept. What may be the
// largest may have it or not, and a margin within its bound of zero likewise.
LossGradient reverse(const LossGradientCall& given) {
  const LossCall& call = given.loss;
  const LossRows rows = apply(call);
  if (rows.not_checked) return no_gradient(rows.not_checked->reason);
  LossGradient out{Bounded(call.y_pred.shape), std::nullopt};
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
  const double u = unit_roundoff(call.precision);
  const auto negative = [&](std::size_t k) {
    return (1 - call.y_true.value[k]) * call.y_pred.value[k];
  };
  const auto reach = [&](std::size_t k) {
    return std::abs(1 - call.y_true.value[k]) *
           (call.y_pred.bound[k] + 4 * u * std::abs(call.y_pred.value[k]));
  };
  for (std::size_t r = 0; r < rows.rows.size(); ++r) {
    double floor = -HUGE_VAL;
    for (std::size_t k = r * n; k < (r + 1) * n; ++k)
      floor = std::max(floor, negative(k) - reach(k));
    std::size_t able = 0;
    for (std::size_t k = r * n; k < (r + 1) * n; ++k) able += negative(k) + reach(k) >= floor;
    double margin = 1 - HUGE_VAL, positive = 0;
    for (std::size_t k = r * n; k < (r + 1) * n; ++k) {
      margin = std::max(margin, 1 + negative(k));
      positive += call.y_true.value[k] * call.y_pred.value[k];
    }
    margin -= positive;
    const bool surely = margin > rows.rows.bound[r], possibly = margin + rows.rows.bound[r] > 0;
    for (std::size_t k = r * n; k < (r + 1) * n; ++k) {
      const double t = call.y_true.value[k], more = 1 - t;
      const bool largest = negative(k) + reach(k) >= floor, alone = largest && able == 1;
      double lo = -t + (largest && (alone || more < 0) ? more : 0);
      double hi = -t + (largest && (alone || more > 0) ? more : 0);
      if (!surely) lo = std::min(lo, 0.0), hi = std::max(hi, 0.0);
      if (!possibly) lo = hi = 0;
      out.gradient.value[k] = (lo + hi) / 2;
      out.gradient.bound[k] = (hi - lo) / 2 + 4 * u * (std::abs(t) + std::abs(more));
    }
  }
  return out;
}

const LossGradientRegistrar gradient{"CategoricalHinge", &reverse};

}  // namespace
}  // namespace kerasan::reference
