#include <algorithm>
#include <cmath>

#include "reference/optimizer.h"
#include "reference/optimizers/approx.h"

namespace kerasan::reference {

Bounded clip_by_value(const Bounded& gradient, double limit) {
  Bounded out = gradient;
  const double rounding = unit_roundoff(DType::kFloat32) * limit;
  for (std::size_t k = 0; k < out.size(); ++k) {
    if (std::abs(out.value[k]) + out.bound[k] <= limit - rounding) continue;
    out.value[k] = std::clamp(out.value[k], -limit, limit);
    out.bound[k] += rounding;
  }
  return out;
}

Bounded clip_by_norm(const Bounded& gradient, const std::vector<const Bounded*>& norm_of,
                     double limit, DType precision) {
  const Precision p = precision_of(precision);
  double sum = 0, carried = 0, count = 0;
  for (const Bounded* part : norm_of) {
    for (std::size_t k = 0; k < part->size(); ++k) {
      sum += part->value[k] * part->value[k];
      carried += part->bound[k] * (2 * std::abs(part->value[k]) + part->bound[k]);
    }
    count += static_cast<double>(part->size());
  }
  // Squares, their sums in any order, and the root of the sum of one square a variable.
  const Approx squares{sum, carried + (gamma(count + 4, p.u) * (sum + carried)) + count * p.tiny,
                       p.u, p.tiny};
  const Approx norm = root(squares);
  const Approx most{limit, unit_roundoff(DType::kFloat32) * limit, p.u, p.tiny};
  const Approx factor = most / larger(norm, most);
  Bounded out = gradient;
  for (std::size_t k = 0; k < out.size(); ++k) {
    const Approx clipped = Approx{out.value[k], out.bound[k], p.u, p.tiny} * factor;
    out.value[k] = clipped.value;
    out.bound[k] = clipped.bound + 2 * p.u * clipped.high();
  }
  return out;
}

}  // namespace kerasan::reference
