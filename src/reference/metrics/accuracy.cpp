// binary: mean over the last axis of [t == (p > threshold)]. categorical: argmax t == argmax p.
// sparse: t == argmax p.
#include <algorithm>
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/metrics/common.h"

namespace kerasan::reference {
namespace {

MetricRows binary(const MetricCall& call) {
  const LossCall shapes{call.config, call.y_true, call.y_pred, call.precision};
  if (!same_elements(shapes))
    return unchecked("binary accuracy of targets " + shape_text(call.y_true.shape) +
                     " against predictions " + shape_text(call.y_pred.shape));
  const double threshold = number(call.config, "threshold", 0.5);
  MetricRows out{Sums(rows_shape(call.y_pred)), std::nullopt, false, std::nullopt};
  const std::size_t n = width(call.y_pred);
  for (std::size_t r = 0; r < out.numerator.value.size(); ++r) {
    Outcome sum{0, 0, 0};
    for (std::size_t k = r * n; k < (r + 1) * n; ++k) {
      const Outcome one = above(call.y_pred.value[k], call.y_pred.bound[k], threshold);
      const double t = call.y_true.value[k];
      const auto equal = [t](double p) { return t == p ? 1.0 : 0.0; };
      const auto [low, high] = std::minmax({equal(one.lo), equal(one.hi)});
      sum = {sum.lo + low, sum.at + equal(one.at), sum.hi + high};
    }
    const double d = static_cast<double>(n);
    out.numerator.set(r, sum.lo / d, sum.at / d, sum.hi / d);
  }
  return out;
}

std::size_t top_of(const MetricCall& call, std::size_t otherwise) {
  return static_cast<std::size_t>(number(call.config, "k", static_cast<double>(otherwise)));
}

MetricRows by_label(const MetricCall& call, const std::vector<double>& labels, std::size_t top) {
  MetricRows out{Sums(rows_shape(call.y_pred)), std::nullopt, false, std::nullopt};
  if (labels.size() != out.numerator.value.size())
    return unchecked("targets " + shape_text(call.y_true.shape) + " against predictions " +
                     shape_text(call.y_pred.shape));
  for (std::size_t r = 0; r < labels.size(); ++r) {
    const double label = labels[r];
    if (!(label >= 0) || label >= static_cast<double>(width(call.y_pred))) {
      out.numerator.set(r, 0, 0, 0);
      continue;
    }
    const Outcome o = in_top(row_of(call.y_pred, r), static_cast<std::size_t>(label), top);
    out.numerator.set(r, o.lo, o.at, o.hi);
  }
  return out;
}

MetricRows sparse_top(const MetricCall& call, std::size_t top) {
  return by_label(call, call.y_true.value, top);
}

MetricRows dense_top(const MetricCall& call, std::size_t top) {
  if (call.y_true.shape != call.y_pred.shape)
    return unchecked("targets " + shape_text(call.y_true.shape) + " against predictions " +
                     shape_text(call.y_pred.shape));
  std::vector<double> labels;
  const std::size_t rows = element_count(rows_shape(call.y_true));
  for (std::size_t r = 0; r < rows; ++r) {
    const RowView row = row_of(call.y_true, r);
    const auto top_target = std::max_element(row.value.begin(), row.value.end());
    labels.push_back(static_cast<double>(top_target - row.value.begin()));
  }
  return by_label(call, labels, top);
}

const MetricRegistrar a{"binary_accuracy", &binary};
const MetricRegistrar b{"sparse_categorical_accuracy",
                        [](const MetricCall& c) { return sparse_top(c, 1); }};
const MetricRegistrar c{"categorical_accuracy",
                        [](const MetricCall& c) { return dense_top(c, 1); }};
const MetricRegistrar d{"top_k_categorical_accuracy",
                        [](const MetricCall& c) { return dense_top(c, top_of(c, 5)); }};
const MetricRegistrar e{"sparse_top_k_categorical_accuracy",
                        [](const MetricCall& c) { return sparse_top(c, top_of(c, 5)); }};

}  // namespace
}  // namespace kerasan::reference
