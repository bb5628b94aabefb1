// Focal losses (Lin et al., Focal Loss for Dense Object Detection, 2018): cross-entropy times
// (1 - p_t)^gamma, p_t the probability given to what is so, times alpha. Binary: mean over the last
// axis, alpha for class 1 and 1 - alpha for class 0 with `apply_class_balancing`. Categorical: sum
// over the classes, alpha one number or one for each class.
#include <algorithm>
#include <cmath>

#include "reference/losses/crossentropy.h"
#include "reference/losses/slope.h"
#include "reference/ranged.h"

namespace kerasan::reference {
namespace {

Ranged negated_log(const Ranged& p, double u, bool direct) {
  const NegativeLog l = negative_log(p.value, p.bound(), u, direct);
  return {l.lo, l.value, l.hi};
}

Ranged modulating(const Ranged& pt, double g, double u) {
  const Ranged base = clamped(widened(Ranged(1) - pt, 2 * u + kEpsilon), 0, 1 + kEpsilon);
  const Ranged power = rising(base, [g](double v) { return std::pow(v, g); });
  return rounded(power, (kElementary + 2) * u);
}

Ranged sigmoid(const Ranged& z, double u) {
  return rounded(rising(z, [](double v) { return 1 / (1 + std::exp(-v)); }), 2 * kElementary * u);
}

// -t log p - (1 - t) log(1 - p) of a probability or a logit.
Ranged binary(double t, const Ranged& given, const Ranged& p, bool logits, double u, bool direct) {
  if (!logits)
    return Ranged(t) * negated_log(p, u, direct) +
           Ranged(1 - t) * negated_log(widened(Ranged(1) - p, u), u, direct);
  return binary_from_logits(t, given, u);
}

LossRows binary_focal(const LossCall& unmoved) {
  const auto moved = features_last(unmoved);
  if (!moved || !same_elements(*moved) || moved->y_pred.shape.empty())
    return shape_mismatch(unmoved);
  const LossCall& call = *moved;
  LossRows out{empty_rows(call), std::nullopt};
  const double u = unit_roundoff(call.precision), s = number(call.config, "label_smoothing", 0);
  const double g = number(call.config, "gamma", 2), alpha = number(call.config, "alpha", 0.25);
  const bool logits = flag(call.config, "from_logits");
  const bool balanced = flag(call.config, "apply_class_balancing");
  const std::size_t n = call.y_pred.size() / std::max<std::size_t>(1, out.rows.size());
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    RangedSum sum;
    for (std::size_t k = r * n; k < (r + 1) * n; ++k) {
      const double t = call.y_true.value[k] * (1 - s) + s / 2;
      const Ranged given = at(call.y_pred, k), p = logits ? sigmoid(given, u) : given;
      const Ranged pt = Ranged(t) * p + Ranged(1 - t) * (Ranged(1) - p);
      Ranged one = modulating(pt, g, u) * binary(t, given, p, logits, u, call.direct);
      if (balanced) one = one * Ranged(t * alpha + (1 - t) * (1 - alpha));
      sum.add(one);
    }
    const Ranged mean = sum.result(u, 12) * (1.0 / static_cast<double>(n));
    out.rows.value[r] = mean.value;
    out.rows.bound[r] = mean.bound();
  }
  return out;
}

// With pt and the cross-entropy h of one element: the derivative of (1 - pt)^g h.
Ranged focal_slope(double t, const Ranged& given, double g, bool logits, double u, bool direct) {
  const Ranged p = logits ? sigmoid(given, u) : given;
  const Ranged rest = Ranged(1) - p;
  const Ranged pt = Ranged(t) * p + Ranged(1 - t) * rest;
  const Ranged h = binary(t, given, p, logits, u, direct);
  // By p, or by the logit behind it: p' = p (1 - p).
  const Ranged by_pt = logits ? Ranged(2 * t - 1) * p * rest : Ranged(2 * t - 1);
  const Ranged by_h = logits ? p - Ranged(t) : Ranged(1 - t) / rest - Ranged(t) / p;
  const Ranged steep = g == 0 ? Ranged(0) : Ranged(g) * modulating(pt, g - 1, u);
  return modulating(pt, g, u) * by_h - steep * by_pt * h;
}

LossGradient binary_focal_reverse(const LossGradientCall& given) {
  const LossCall& call = given.loss;
  const double axis = number(call.config, "axis", -1), g = number(call.config, "gamma", 2);
  if (axis != -1 || given.of_probabilities) return no_gradient("along another axis");
  if (g != 0 && g < 1) return no_gradient("a steep gamma");
  const double u = unit_roundoff(call.precision), s = number(call.config, "label_smoothing", 0);
  const double alpha = number(call.config, "alpha", 0.25);
  const bool logits = flag(call.config, "from_logits"),
             balanced = flag(call.config, "apply_class_balancing");
  return rowwise_gradient(
      call, Reduce::kMean, 6 * kElementary, [=](double target, double from, double to) {
        const double t = target * (1 - s) + s / 2;
        const double weight = balanced ? t * alpha + (1 - t) * (1 - alpha) : 1;
        const Ranged at(from, (from + to) / 2, to);
        const Ranged slope = Ranged(weight) * focal_slope(t, at, g, logits, u, call.direct);
        const Slopes out{slope.lo, slope.hi, slope.magnitude() + weight};
        const bool clipped = !logits && (from < 1e-3 || to > 1 - 1e-3);
        return clipped ? or_zero(out) : out;
      });
}

std::optional<std::vector<double>> alphas(const nlohmann::json& config, std::size_t n) {
  const auto it = config.find("alpha");
  if (it == config.end() || it->is_null()) return std::vector<double>(n, 0.25);
  if (it->is_number()) return std::vector<double>(n, it->get<double>());
  if (!it->is_array() || it->size() != n) return std::nullopt;
  std::vector<double> out;
  for (const auto& value : *it) out.push_back(value.is_number() ? value.get<double>() : NAN);
  return out;
}

// Probabilities of one row: softmax of logits, or the numbers given over their sum.
std::vector<Ranged> probabilities(const LossCall& call, std::size_t row, std::size_t n, double u) {
  std::vector<Ranged> out;
  RangedSum sum;
  if (flag(call.config, "from_logits")) {
    const std::span<const double> z(call.y_pred.value.data() + row * n, n);
    const Bounded logs = log_softmax(z, std::span(call.y_pred.bound.data() + row * n, n), u);
    for (std::size_t k = 0; k < n; ++k)
      out.push_back(rising(at(logs, k), [](double v) { return std::exp(v); }));
    return out;
  }
  for (std::size_t k = 0; k < n; ++k) sum.add(at(call.y_pred, row * n + k));
  for (std::size_t k = 0; k < n; ++k)
    out.push_back(rounded(at(call.y_pred, row * n + k) / sum.result(u), 2 * u));
  return out;
}

LossRows categorical_focal(const LossCall& unmoved) {
  const auto moved = features_last(unmoved);
  if (!moved || moved->y_true.shape != moved->y_pred.shape || moved->y_pred.shape.empty())
    return shape_mismatch(unmoved);
  const LossCall& call = *moved;
  LossRows out{empty_rows(call), std::nullopt};
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
  const double u = unit_roundoff(call.precision), s = number(call.config, "label_smoothing", 0);
  const double g = number(call.config, "gamma", 2);
  const auto alpha = alphas(call.config, n);
  if (!alpha) return shape_mismatch(call);
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    const std::vector<Ranged> p = probabilities(call, r, n, u);
    RangedSum sum;
    for (std::size_t k = 0; k < n; ++k) {
      const double t = call.y_true.value[r * n + k] * (1 - s) + s / static_cast<double>(n);
      if (t == 0) continue;
      sum.add(Ranged(t * (*alpha)[k]) * modulating(p[k], g, u) * negated_log(p[k], u, call.direct));
    }
    const Ranged total = sum.result(u, 12);
    out.rows.value[r] = total.value;
    out.rows.bound[r] = total.bound();
  }
  return out;
}

// Where the loss may have clipped a probability to [epsilon, 1 - epsilon], its part may be gone.
bool may_be_clipped(const Ranged& p, double u) {
  const double edge = 3 * kEpsilon + 2 * u;
  return p.lo <= edge || p.hi >= 1 - edge;
}

// d/dp of weight (1 - p)^g (-log p).
Ranged slope_of_class(double weight, const Ranged& p, double g, double u, bool direct) {
  const Ranged safe{std::max(p.lo, kEpsilon / 2), std::max(p.value, kEpsilon),
                    std::max(p.hi, kEpsilon) + kEpsilon};
  Ranged out = modulating(p, g, u) / safe;
  if (g != 0) out += Ranged(g) * modulating(p, g - 1, u) * negated_log(p, u, direct);
  out = Ranged(-weight) * out;
  return may_be_clipped(p, u) ? hull(out, Ranged(0)) : out;
}

// Of q = softmax(z), or q = p / sum p: dL/dz_j = q_j (g_j - sum g q), dL/dp_j = (g_j - sum g q) /
// sum p, with g_k the derivative by q_k.
LossGradient categorical_focal_reverse(const LossGradientCall& given) {
  const LossCall& call = given.loss;
  const double axis = number(call.config, "axis", -1), g = number(call.config, "gamma", 2);
  if (axis != -1 || given.of_probabilities) return no_gradient("along another axis");
  if (call.y_true.shape != call.y_pred.shape || call.y_pred.shape.empty())
    return no_gradient(shape_mismatch(call).not_checked->reason);
  if (g != 0 && g < 1) return no_gradient("a steep gamma");
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
  const double u = unit_roundoff(call.precision), s = number(call.config, "label_smoothing", 0);
  const bool logits = flag(call.config, "from_logits");
  const auto alpha = alphas(call.config, n);
  if (!alpha) return no_gradient("alpha of another length");
  LossGradient out{Bounded(call.y_pred.shape), std::nullopt};
  for (std::size_t first = 0; n > 0 && first < out.gradient.size(); first += n) {
    const std::vector<Ranged> q = probabilities(call, first / n, n, u);
    std::vector<Ranged> slope;
    RangedSum mean, total;
    for (std::size_t k = 0; k < n; ++k) {
      const double t = call.y_true.value[first + k] * (1 - s) + s / static_cast<double>(n);
      slope.push_back(t == 0 ? Ranged(0)
                             : slope_of_class(t * (*alpha)[k], q[k], g, u, call.direct));
      mean.add(slope[k] * q[k]);
      total.add(at(call.y_pred, first + k));
    }
    const Ranged shared = mean.result(u, 6 * kElementary);
    for (std::size_t k = 0; k < n; ++k) {
      const Ranged own = rounded(slope[k], 6 * kElementary * u) - shared;
      const Ranged by = logits ? q[k] * own : own / total.result(u);
      const Ranged one = rounded(by, (6 + kElementary) * u);
      out.gradient.value[first + k] = one.value;
      out.gradient.bound[first + k] = one.bound();
    }
  }
  return out;
}

const LossRegistrar a{"BinaryFocalCrossentropy", &binary_focal};
const LossGradientRegistrar gradient{"BinaryFocalCrossentropy", &binary_focal_reverse};
const LossRegistrar b{"CategoricalFocalCrossentropy", &categorical_focal};
const LossGradientRegistrar of_classes{"CategoricalFocalCrossentropy", &categorical_focal_reverse};

}  // namespace
}  // namespace kerasan::reference
