// (1 - p^q) / q, p the probability of the true class, targets class indices (Zhang and Sabuncu,
// Generalized Cross Entropy Loss, 2018).
#include <algorithm>
#include <cmath>

#include "reference/losses/crossentropy.h"
#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"
#include "reference/ranged.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& call) {
  LossRows out{empty_rows(call), std::nullopt};
  if (call.y_pred.shape.empty() || call.y_true.size() != out.rows.size())
    return shape_mismatch(call);
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
  const double u = unit_roundoff(call.precision), q = number(call.config, "q", 0.5);
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    const double label = call.y_true.value[r];
    if (!(label >= 0 && label < static_cast<double>(n) && label == std::floor(label))) {
      out.not_checked = NotChecked{"a class index outside the predictions"};
      return out;
    }
    const Ranged p = at(call.y_pred, r * n + static_cast<std::size_t>(label));
    // Some forms keep the probability at least epsilon.
    const Ranged away = {p.lo, p.value, std::max(p.hi, kEpsilon)};
    const Ranged power = rounded(
        rising(away, [q](double v) { return std::pow(std::max(v, 0.0), q); }), kElementary * u);
    const Ranged loss = rounded(widened(Ranged(1) - power, u) / Ranged(q), 2 * u);
    out.rows.value[r] = loss.value;
    out.rows.bound[r] = loss.bound();
  }
  return out;
}

// By the logits z of a row, p = softmax(z): p_y^q (p_k - [k = y]), which has no pole. The framework
// may go through -p_y^(q - 1), whose roundings count as much as each term; where some forms keep
// the probability at least epsilon, nothing may be left.
void by_logits(const LossCall& call, std::size_t row, std::size_t n, std::size_t label, double q,
               Bounded& out) {
  const double u = unit_roundoff(call.precision);
  const std::span<const double> z(call.y_pred.value.data() + row * n, n);
  const std::span<const double> dz(call.y_pred.bound.data() + row * n, n);
  const Bounded logs = log_softmax(z, dz, u);
  const double relative = gamma(static_cast<double>(n) + 6 * kElementary, u);
  const auto exp_of = [&](std::size_t k, double power) {
    return rounded(rising(at(logs, k), [power](double v) { return std::exp(power * v); }),
                   relative);
  };
  const Ranged truth = exp_of(label, 1), power = exp_of(label, q);
  const double edge = 3 * kEpsilon + 2 * u;
  const bool clipped = truth.lo <= edge || truth.hi >= 1 - edge;
  for (std::size_t k = 0; k < n; ++k) {
    const Ranged p = exp_of(k, 1);
    const Ranged terms = power * (p - Ranged(k == label ? 1 : 0));
    Ranged by = widened(terms, relative * power.hi * (p.hi + (k == label ? 1 : 0)));
    if (clipped) by = hull(by, Ranged(0));
    out.value[row * n + k] = by.value;
    out.bound[row * n + k] = by.bound();
  }
}

// -p^(q - 1) at the true class; none where some forms keep the probability at least epsilon.
LossGradient reverse(const LossGradientCall& given) {
  const LossCall& call = given.loss;
  if (call.y_pred.shape.empty()) return no_gradient("predictions without a last axis");
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
  if (call.y_true.size() * n != call.y_pred.size())
    return no_gradient(shape_mismatch(call).not_checked->reason);
  const double u = unit_roundoff(call.precision), q = number(call.config, "q", 0.5);
  LossGradient out{Bounded(call.y_pred.shape), std::nullopt};
  for (std::size_t r = 0; r < call.y_true.size(); ++r) {
    const double label = call.y_true.value[r];
    if (!(label >= 0 && label < static_cast<double>(n) && label == std::floor(label)))
      return no_gradient("a class index outside the predictions");
    if (given.of_probabilities) {
      by_logits(call, r, n, static_cast<std::size_t>(label), q, out.gradient);
      continue;
    }
    const std::size_t k = r * n + static_cast<std::size_t>(label);
    const Ranged p = at(call.y_pred, k);
    if (p.lo <= 0) return no_gradient("an infinite derivative, of a probability of zero");
    const Ranged kept{std::max(p.lo, kEpsilon), std::max(p.value, kEpsilon),
                      std::max(p.hi, kEpsilon)};
    Ranged by = rising(kept, [q](double v) { return -std::pow(v, q - 1); });
    by = rounded({std::min(by.lo, by.hi), by.value, std::max(by.lo, by.hi)}, (kElementary + 4) * u);
    const double edge = 3 * kEpsilon + 2 * u;
    if (p.lo <= edge || p.hi >= 1 - edge) by = hull(by, Ranged(0));
    out.gradient.value[k] = by.value;
    out.gradient.bound[k] = by.bound();
  }
  return out;
}

const LossRegistrar registrar{"CategoricalGeneralizedCrossEntropy", &apply};
const LossGradientRegistrar gradient{"CategoricalGeneralizedCrossEntropy", &reverse};

}  // namespace
}  // namespace kerasan::reference
