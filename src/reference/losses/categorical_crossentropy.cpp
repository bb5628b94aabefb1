// sum over classes of -t log(p / sum p), or of -t log_softmax(z) from logits.
// label_smoothing s over C classes: t (1 - s) + s / C. Sparse targets are class indices.
#include <algorithm>
#include <cmath>

#include "reference/losses/crossentropy.h"
#include "reference/losses/slope.h"

namespace kerasan::reference {
namespace {

struct Row {
  std::vector<double> value, lo, hi;  // -log of each class probability
};

Row row_logs(const LossCall& call, std::size_t row, std::size_t n, double u) {
  Row out;
  const std::span<const double> values(call.y_pred.value.data() + row * n, n);
  const std::span<const double> bounds(call.y_pred.bound.data() + row * n, n);
  if (flag(call.config, "from_logits")) {
    const Bounded logs = log_softmax(values, bounds, u);
    for (std::size_t k = 0; k < n; ++k) {
      out.value.push_back(-logs.value[k]);
      out.lo.push_back(-logs.value[k] - logs.bound[k]);
      out.hi.push_back(-logs.value[k] + logs.bound[k]);
    }
    return out;
  }
  double sum = 0, clipped = 0;
  for (double p : values) sum += p;
  for (double p : values) clipped += std::clamp(p, kEpsilon, 1 - kEpsilon);
  if (!(sum > 0)) sum = 1;
  for (std::size_t k = 0; k < n; ++k) {
    const double p = values[k] / sum;
    const double g = gamma(static_cast<double>(n) + 1, u);
    const NegativeLog l = negative_log(p, bounds[k] / sum + g * std::abs(p), u, call.direct);
    // Clipping before normalising moves the sum by at most n epsilon, and more where the numbers
    // given do not sum to one.
    const double clipping = static_cast<double>(n) * kEpsilon;
    const double other = -std::log(std::clamp(values[k], kEpsilon, 1 - kEpsilon) / clipped);
    const double slack = g + kElementary * u * (1 + std::abs(other)) + 2 * u + clipping;
    out.value.push_back(l.value);
    out.lo.push_back(std::min(l.lo - clipping, other - slack));
    out.hi.push_back(std::max(l.hi + clipping, other + slack));
  }
  return out;
}

void add(const Row& row, std::size_t k, double t, Bounded& rows, std::size_t r, double u) {
  if (t == 0) return;
  rows.value[r] += t * row.value[k];
  rows.bound[r] +=
      std::abs(t) * (std::max(row.hi[k] - row.value[k], row.value[k] - row.lo[k]) +
                     gamma(static_cast<double>(row.value.size()) + 4, u) * std::abs(row.value[k]));
}

LossRows dense(const LossCall& given) {
  const auto moved = features_last(given);
  if (!moved) return shape_mismatch(given);
  const LossCall& call = *moved;
  if (call.y_true.shape != call.y_pred.shape || call.y_pred.shape.empty())
    return shape_mismatch(call);
  LossRows out{empty_rows(call), std::nullopt};
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
  const double s = number(call.config, "label_smoothing", 0), u = unit_roundoff(call.precision);
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    const Row row = row_logs(call, r, n, u);
    for (std::size_t k = 0; k < n; ++k)
      add(row, k, call.y_true.value[r * n + k] * (1 - s) + s / static_cast<double>(n), out.rows, r,
          u);
  }
  return out;
}

LossRows sparse(const LossCall& given) {
  const auto moved = features_last(given, false);
  if (!moved || given.y_pred.shape.empty()) return shape_mismatch(given);
  const LossCall& call = *moved;
  LossRows out{empty_rows(call), std::nullopt};
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
  if (call.y_true.size() != out.rows.size()) return shape_mismatch(call);
  const auto ignore = call.config.find("ignore_class");
  const bool ignores = ignore != call.config.end() && ignore->is_number();
  const double u = unit_roundoff(call.precision);
  if (ignores) out.ignored.assign(out.rows.size(), false);
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    const double label = call.y_true.value[r];
    if (ignores && label == ignore->get<double>()) {
      out.ignored[r] = true;
      continue;
    }
    if (!(label >= 0 && label < static_cast<double>(n) && label == std::floor(label))) {
      out.not_checked = NotChecked{"a class index outside the predictions"};
      return out;
    }
    add(row_logs(call, r, n, u), static_cast<std::size_t>(label), 1, out.rows, r, u);
  }
  return out;
}

const LossRegistrar categorical{"CategoricalCrossentropy", &dense};
const LossRegistrar sparse_categorical{"SparseCategoricalCrossentropy", &sparse};

// The targets of a row as probabilities; they must sum to 1 for the documented loss.
std::optional<std::vector<double>> targets_of(const LossCall& call, std::size_t row, std::size_t n,
                                              bool sparse) {
  std::vector<double> t(n);
  if (sparse) {
    const double label = call.y_true.value[row];
    if (!(label >= 0 && label < static_cast<double>(n) && label == std::floor(label)))
      return std::nullopt;
    t[static_cast<std::size_t>(label)] = 1;
    return t;
  }
  const double s = number(call.config, "label_smoothing", 0);
  double sum = 0;
  for (std::size_t k = 0; k < n; ++k) {
    t[k] = call.y_true.value[row * n + k] * (1 - s) + s / static_cast<double>(n);
    sum += t[k];
  }
  if (std::abs(sum - 1) > gamma(static_cast<double>(n) + 4, unit_roundoff(call.precision)))
    return std::nullopt;
  return t;
}

// softmax(z) - t. With clipped probabilities behind the loss, the term of a clipped one is lost.
void reverse_logits(const LossGradientCall& call, std::size_t row, const std::vector<double>& t,
                    Bounded& out) {
  const std::size_t n = t.size();
  const double u = unit_roundoff(call.loss.precision);
  const std::span<const double> z(call.loss.y_pred.value.data() + row * n, n);
  const std::span<const double> dz(call.loss.y_pred.bound.data() + row * n, n);
  const Bounded logs = log_softmax(z, dz, u);
  double lost = 0;       // the largest share of the targets that clipping may have cut off
  bool certain = false;  // clipping may have cut off all of it
  for (std::size_t k = 0; k < n && call.of_probabilities; ++k) {
    const double low = std::exp(logs.value[k] - logs.bound[k]),
                 high = std::exp(logs.value[k] + logs.bound[k]);
    const double edge = 3 * kEpsilon + 2 * u;
    if (low <= edge) lost += std::abs(t[k]);
    certain = certain || (high >= 1 - edge && t[k] != 0);
    lost += kEpsilon * std::abs(t[k]) / std::max(low, kEpsilon);
  }
  for (std::size_t k = 0; k < n; ++k) {
    const double p = std::exp(logs.value[k]);
    out.value[row * n + k] = p - t[k];
    out.bound[row * n + k] = p * std::expm1(logs.bound[k]) + lost * std::max(p, 1.0) +
                             gamma(static_cast<double>(n) + 2 * kElementary, u) * p +
                             4 * u * (p + t[k]) + (certain ? std::abs(p - t[k]) : 0);
  }
}

// d/dp_k of log(sum p) - sum t log p.
void reverse_row(const LossCall& call, std::size_t row, const std::vector<double>& t,
                 Bounded& out) {
  const std::size_t n = t.size();
  const double u = unit_roundoff(call.precision);
  double sum = 0, spread = 0;
  for (std::size_t k = row * n; k < (row + 1) * n; ++k) {
    sum += call.y_pred.value[k];
    spread +=
        call.y_pred.bound[k] + gamma(static_cast<double>(n), u) * std::abs(call.y_pred.value[k]);
  }
  if (!(sum - spread > 0)) spread = sum = HUGE_VAL;
  const double edge = 3 * kEpsilon + 2 * u;
  const auto clipped = [&](double p, double b) { return p - b <= edge || p + b >= 1 - edge; };
  double open = 0;  // targets whose probability may be clipped: they pull at no other either
  for (std::size_t k = 0; k < n; ++k)
    if (clipped(call.y_pred.value[row * n + k] / sum, call.y_pred.bound[row * n + k] / sum))
      open += std::abs(t[k]);
  for (std::size_t k = 0; k < n; ++k) {
    const double p = call.y_pred.value[row * n + k], b = call.y_pred.bound[row * n + k];
    const double low = std::max(p - b, kEpsilon / 2), high = std::max(p + b, low) + kEpsilon;
    double lo = -t[k] / low, hi = -t[k] / high;
    const double size = t[k] / low + 1 / sum;
    if (clipped(p / sum, b / sum)) hi = 0;
    const double value = std::clamp(-t[k] / std::max(p, kEpsilon), lo, hi);
    out.value[row * n + k] = value + 1 / sum;
    out.bound[row * n + k] =
        std::max(hi - value, value - lo) + open / sum + spread / (sum * (sum - spread)) +
        static_cast<double>(n) * kEpsilon / sum + gamma(static_cast<double>(n) + 6, u) * size;
  }
}

LossGradient reverse_as(const LossGradientCall& call, bool sparse) {
  const Bounded& p = call.loss.y_pred;
  const bool fits = !p.shape.empty() && p.shape.back() > 0 &&
                    (sparse ? call.loss.y_true.size() * std::size_t(p.shape.back()) == p.size()
                            : call.loss.y_true.shape == p.shape);
  if (!fits) return no_gradient(shape_mismatch(call.loss).not_checked->reason);
  const auto ignored = call.loss.config.find("ignore_class");
  if (ignored != call.loss.config.end() && !ignored->is_null()) return no_gradient("ignore_class");
  const auto n = static_cast<std::size_t>(p.shape.back());
  LossGradient out{Bounded(p.shape), std::nullopt};
  for (std::size_t row = 0; row < p.size() / n; ++row) {
    const auto t = targets_of(call.loss, row, n, sparse);
    if (!t) return no_gradient("targets that are no probabilities of the classes");
    if (call.of_probabilities || flag(call.loss.config, "from_logits"))
      reverse_logits(call, row, *t, out.gradient);
    else
      reverse_row(call.loss, row, *t, out.gradient);
  }
  return out;
}

LossGradient reverse(const LossGradientCall& call) { return reverse_as(call, false); }
LossGradient reverse_sparse(const LossGradientCall& call) { return reverse_as(call, true); }

const LossGradientRegistrar gradient{"CategoricalCrossentropy", &reverse};
const LossGradientRegistrar sparse_gradient{"SparseCategoricalCrossentropy", &reverse_sparse};

}  // namespace
}  // namespace kerasan::reference
