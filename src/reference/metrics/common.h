// Small shared steps of the metrics.
#pragma once

#include <span>
#include <string>

#include "reference/metric.h"

namespace kerasan::reference {

struct RowView {
  std::span<const double> value;
  std::span<const double> bound;
};

inline std::size_t width(const Bounded& b) {
  return b.shape.empty() ? 1 : static_cast<std::size_t>(b.shape.back());
}
inline RowView row_of(const Bounded& b, std::size_t row) {
  const std::size_t n = width(b);
  return {std::span(b.value).subspan(row * n, n), std::span(b.bound).subspan(row * n, n)};
}
inline Shape rows_shape(const Bounded& b) {
  Shape s = b.shape;
  if (!s.empty()) s.pop_back();
  return s;
}
inline MetricRows unchecked(std::string reason) {
  MetricRows out;
  out.not_checked = NotChecked{std::move(reason)};
  return out;
}

// Is class `k` certainly / possibly among the `top` largest predictions of the row? A tie is
// possible but not certain: which index argmax or top-k picks is up to the implementation.
struct Outcome {
  double lo, at, hi;
};
Outcome in_top(const RowView& row, std::size_t k, std::size_t top);
// value > threshold, as lo / at / hi of the indicator.
Outcome above(double value, double bound, double threshold);

}  // namespace kerasan::reference
