#include "reference/losses/crossentropy.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kerasan::reference {

NegativeLog negative_log(double p, double bound, double u) {
  const auto clip = [](double v) { return std::clamp(v, kEpsilon, 1 - kEpsilon); };
  // 1 - epsilon is itself rounded in the framework's precision.
  const double slack = 2 * kEpsilon + 2 * u;
  NegativeLog out{-std::log(clip(p)), 0, 0};
  const double high = std::min(1.0, p + bound);
  out.lo = std::min(out.value, -std::log(std::min(high + slack, 1 + slack)));
  const double low = p - bound;
  out.hi = low > 0 ? -std::log(low) : std::numeric_limits<double>::infinity();
  // Clipping alone bounds the value from above only when p itself is far from zero.
  out.hi = std::max(out.hi, -std::log(clip(low)));
  const double rounding = kElementary * u * std::abs(out.value) + slack;
  out.lo -= rounding;
  out.hi += rounding;
  return out;
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
