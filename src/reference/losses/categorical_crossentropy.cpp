// sum over classes of -t log(p / sum p), or of -t log_softmax(z) from logits.
// label_smoothing s over C classes: t (1 - s) + s / C. Sparse targets are class indices.
#include <algorithm>
#include <cmath>

#include "reference/losses/crossentropy.h"

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
  double sum = 0;
  for (double p : values) sum += p;
  if (!(sum > 0)) sum = 1;
  for (std::size_t k = 0; k < n; ++k) {
    const double p = values[k] / sum;
    const NegativeLog l =
        negative_log(p, bounds[k] / sum + gamma(static_cast<double>(n) + 1, u) * std::abs(p), u);
    // Clipping before normalising moves the sum by at most n epsilon.
    const double clipping = static_cast<double>(n) * kEpsilon;
    out.value.push_back(l.value);
    out.lo.push_back(l.lo - clipping);
    out.hi.push_back(l.hi + clipping);
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

LossRows dense(const LossCall& call) {
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

LossRows sparse(const LossCall& call) {
  if (call.y_pred.shape.empty()) return shape_mismatch(call);
  LossRows out{empty_rows(call), std::nullopt};
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
  if (call.y_true.size() != out.rows.size()) return shape_mismatch(call);
  const auto ignored = call.config.find("ignore_class");
  if (ignored != call.config.end() && !ignored->is_null()) {
    out.not_checked = NotChecked{"sparse_categorical_crossentropy with ignore_class"};
    return out;
  }
  const double u = unit_roundoff(call.precision);
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    const double label = call.y_true.value[r];
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

}  // namespace
}  // namespace kerasan::reference
