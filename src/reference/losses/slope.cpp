#include "reference/losses/slope.h"

#include <algorithm>
#include <cmath>

namespace kerasan::reference {

SlopesOver convex(SidesAt sides) {
  return [sides = std::move(sides)](double t, double from, double to) {
    const Sides a = sides(t, from), b = sides(t, to);
    return Slopes{a.left, b.right, std::max(a.size, b.size)};
  };
}

SlopesOver monotone(std::function<double(double, double)> slope) {
  return [slope = std::move(slope)](double t, double from, double to) {
    const double a = slope(t, from), b = slope(t, to);
    return Slopes{std::min(a, b), std::max(a, b), std::max(std::abs(a), std::abs(b))};
  };
}

LossGradient no_gradient(std::string reason) {
  LossGradient out;
  out.not_checked = NotChecked{std::move(reason)};
  return out;
}

LossGradient rowwise_gradient(const LossCall& call, Reduce reduce, double rounding,
                              const SlopesOver& slopes) {
  if (!same_elements(call) || call.y_pred.shape.empty() || call.y_pred.size() == 0)
    return no_gradient(shape_mismatch(call).not_checked->reason);
  LossGradient out{Bounded(call.y_pred.shape), std::nullopt};
  const double n = static_cast<double>(call.y_pred.shape.back());
  const double scale = reduce == Reduce::kMean ? 1 / n : 1, u = unit_roundoff(call.precision);
  for (std::size_t k = 0; k < out.gradient.size(); ++k) {
    const double t = call.y_true.value[k], p = call.y_pred.value[k];
    // The difference (or product) of both is rounded before it is told apart from a kink.
    const double reach = call.y_pred.bound[k] + 2 * u * (std::abs(t) + std::abs(p));
    const Slopes s = slopes(t, p - reach, p + reach), at = slopes(t, p, p);
    const double value = std::clamp((at.lo + at.hi) / 2, s.lo, s.hi);
    out.gradient.value[k] = scale * value;
    out.gradient.bound[k] =
        scale * (std::max(s.hi - value, value - s.lo) + (rounding + 3) * u * s.size);
  }
  return out;
}

SlopesOver margin_slopes(const LossCall& call, bool squared) {
  const auto& values = call.y_true.value;
  const bool zero_one =
      std::all_of(values.begin(), values.end(), [](double t) { return t == 0 || t == 1; });
  return convex([=](double target, double p) {
    const double t = zero_one ? 2 * target - 1 : target, margin = 1 - t * p;
    if (squared) {
      const double slope = -2 * t * std::max(margin, 0.0);
      return Sides{slope, slope, 2 * std::abs(t) * (1 + std::abs(t * p))};
    }
    if (margin == 0) return Sides{std::min(-t, 0.0), std::max(-t, 0.0), std::abs(t)};
    const double slope = margin > 0 ? -t : 0;
    return Sides{slope, slope, std::abs(t)};
  });
}

}  // namespace kerasan::reference
