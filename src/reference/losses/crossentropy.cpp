#include "reference/losses/crossentropy.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kerasan::reference {

NegativeLog negative_log(double p, double bound, double u, bool direct) {
  const auto clip = [](double v) { return std::clamp(v, kEpsilon, 1 - kEpsilon); };
  // 1 - epsilon is itself rounded in the framework's precision.
  const double slack = 2 * kEpsilon + 2 * u;
  NegativeLog out{-std::log(clip(p)), 0, 0};
  const double high = std::min(1.0, p + bound);
  out.lo = std::min(out.value, -std::log(std::min(high + slack, 1 + slack)));
  const double low = p - bound;
  const double unclipped = direct ? 0 : std::numeric_limits<double>::infinity();
  out.hi = low > 0 && !direct ? -std::log(low) : unclipped;
  // Clipping alone bounds the value from above only when p itself is far from zero.
  out.hi = std::max(out.hi, -std::log(clip(low)));
  const double rounding = kElementary * u * std::abs(out.value) + slack;
  out.lo -= rounding;
  out.hi += rounding;
  return out;
}

Ranged binary_from_logits(double t, const Ranged& z, double u) {
  const auto f = [t](double v) {
    return std::max(v, 0.0) - v * t + std::log1p(std::exp(-std::abs(v)));
  };
  const double at = f(z.value);
  Ranged out{std::min({at, f(z.lo), f(z.hi)}), at, std::max({at, f(z.lo), f(z.hi)})};
  // Convex in z, with a slope of at most one: its minimum may lie between.
  if (z.bound() > 0) out.lo = std::max(std::min(0.0, at), out.lo - z.bound());
  const double tail = std::log1p(std::exp(-std::abs(z.value)));
  return widened(
      out, u * (kElementary * tail + 3 * std::abs(z.value) * (1 + std::abs(t)) + 2 * std::abs(at)));
}

Bounded log_softmax(std::span<const double> logits, std::span<const double> bounds, double u) {
  Bounded out(Shape{static_cast<std::int64_t>(logits.size())});
  const double top = *std::max_element(logits.begin(), logits.end());
  const double wide = *std::max_element(bounds.begin(), bounds.end());
  double sum = 0;
  for (double z : logits) sum += std::exp(z - top);
  for (std::size_t k = 0; k < logits.size(); ++k) {
    out.value[k] = logits[k] - top - std::log(sum);
    const double n = static_cast<double>(logits.size()) + 2 * kElementary;
    // A shift of every logit by at most `wide` moves log-sum-exp by at most `wide`.
    out.bound[k] =
        bounds[k] + wide + gamma(n, u) * (1 + std::abs(logits[k] - top) + std::abs(out.value[k]));
  }
  return out;
}

}  // namespace kerasan::reference
