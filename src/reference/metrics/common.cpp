#include "reference/metrics/common.h"

namespace kerasan::reference {

Outcome in_top(const RowView& row, std::size_t k, std::size_t top) {
  std::size_t certainly_above = 0, above_at = 0, possibly_above = 0;
  for (std::size_t j = 0; j < row.value.size(); ++j) {
    if (j == k) continue;
    const double margin = row.value[j] - row.value[k];
    const double bound = row.bound[j] + row.bound[k];
    if (margin > bound) ++certainly_above;
    if (margin > 0 || (margin == 0 && j < k)) ++above_at;
    if (margin >= -bound) ++possibly_above;
  }
  return {possibly_above < top ? 1.0 : 0.0, above_at < top ? 1.0 : 0.0,
          certainly_above < top ? 1.0 : 0.0};
}

Outcome above(double value, double bound, double threshold) {
  // The threshold itself is rounded to float32: 2^-24 relative.
  const double slack = bound + threshold * 0x1p-24;
  if (bound == 0 && value == threshold) return {0, 0, 1};
  return {value - slack > threshold ? 1.0 : 0.0, value > threshold ? 1.0 : 0.0,
          value + slack > threshold ? 1.0 : 0.0};
}

}  // namespace kerasan::reference
