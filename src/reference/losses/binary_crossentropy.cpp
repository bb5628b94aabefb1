// mean over the last axis of -t log p - (1 - t) log(1 - p); from_logits in the stable form
// max(z, 0) - z t + log1p(exp(-|z|)). label_smoothing s: t (1 - s) + s / 2.
#include <algorithm>
#include <cmath>

#include "reference/losses/crossentropy.h"
#include "reference/losses/ranged_rows.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

LossRows from_logits(const LossCall& call, double s) {
  const double u = unit_roundoff(call.precision);
  return ranged_rows(call, Reduce::kMean, 2, [&](std::size_t k) {
    return binary_from_logits(call.y_true.value[k] * (1 - s) + s / 2, at(call.y_pred, k), u);
  });
}

LossRows apply(const LossCall& given) {
  const auto moved = features_last(given);
  if (!moved) return shape_mismatch(given);
  const LossCall& call = *moved;
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
      const NegativeLog one = negative_log(p, bound, u, call.direct);
      const NegativeLog zero = negative_log(1 - p, bound + u, u, call.direct);
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

struct Smoothed {
  double s;
  double operator()(double t) const { return t * (1 - s) + s / 2; }
};

// sigmoid(z) - t; with clipped probabilities behind the loss possibly 0.
LossGradient reverse_logits(const LossGradientCall& call, Smoothed smoothed) {
  const auto sigmoid = [](double z) {
    return z >= 0 ? 1 / (1 + std::exp(-z)) : 1 - 1 / (1 + std::exp(z));
  };
  const double u = unit_roundoff(call.loss.precision);
  return rowwise_gradient(
      call.loss, Reduce::kMean, 3 * kElementary, [=](double target, double from, double to) {
        const double t = smoothed(target), low = sigmoid(from), high = sigmoid(to);
        const Slopes s{low - t, high - t, 1 + std::abs(t)};
        const double edge = 2 * kEpsilon + 2 * u;  // epsilon clips, or is added to p and 1 - p
        if (!call.of_probabilities) return s;
        const double shift = kEpsilon * (std::abs(t) / std::max(low, kEpsilon) +
                                         std::abs(1 - t) / std::max(1 - high, kEpsilon));
        const Slopes shifted{s.lo - shift, s.hi + shift, s.size};
        return low <= edge || high >= 1 - edge ? or_zero(shifted) : shifted;
      });
}

// (1 - t) / (1 - p) - t / p, where epsilon may be added to both, or clip p.
LossGradient reverse(const LossGradientCall& call) {
  const Smoothed smoothed{number(call.loss.config, "label_smoothing", 0)};
  if (call.of_probabilities || flag(call.loss.config, "from_logits"))
    return reverse_logits(call, smoothed);
  const double u = unit_roundoff(call.loss.precision);
  return rowwise_gradient(call.loss, Reduce::kMean, 6, [=](double target, double from, double to) {
    const double t = smoothed(target);
    const double one = std::max(from, kEpsilon / 2), zero = std::max(1 - to - u, kEpsilon / 2);
    const double steep = std::abs(t) / one + std::abs(1 - t) / zero;
    const double one_most = std::max(to, one) + kEpsilon,
                 zero_most = std::max(1 - from + u, zero) + kEpsilon;
    const Slopes s{(1 - t) / zero_most - t / one, (1 - t) / zero - t / one_most, steep};
    const double edge = 2 * kEpsilon + 2 * u;
    return from <= edge || to >= 1 - edge ? or_zero(s) : s;
  });
}

const LossGradientRegistrar gradient{"BinaryCrossentropy", &reverse};

}  // namespace
}  // namespace kerasan::reference
