// -sum(t p) / (|t| |p|) over the last axis.
#include <cmath>

#include "reference/losses/rowwise.h"

namespace kerasan::reference {
namespace {

LossRows apply(const LossCall& given) {
  const auto moved = features_last(given);
  if (!moved) return shape_mismatch(given);
  const LossCall& call = *moved;
  if (call.y_true.shape != call.y_pred.shape || call.y_pred.shape.empty())
    return shape_mismatch(call);
  LossRows out{empty_rows(call), std::nullopt};
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
  const double u = unit_roundoff(call.precision);
  for (std::size_t r = 0; r < out.rows.size(); ++r) {
    double dot = 0, tt = 0, pp = 0, bb = 0;
    for (std::size_t k = r * n; k < (r + 1) * n; ++k) {
      const double t = call.y_true.value[k], p = call.y_pred.value[k];
      dot += t * p;
      tt += t * t;
      pp += p * p;
      bb += call.y_pred.bound[k] * call.y_pred.bound[k];
    }
    const double norms = std::sqrt(tt) * std::sqrt(pp);
    out.rows.value[r] = norms > 0 ? -dot / norms : 0;
    // A unit vector turns by at most 2 |dp| / |p|; the dot product of unit vectors by as much.
    out.rows.bound[r] =
        (pp > 0 ? 2 * std::sqrt(bb / pp) : HUGE_VAL) + gamma(3 * static_cast<double>(n) + 12, u);
    // Documented generations put epsilon inside or outside the root for tiny norms.
    if (tt < 1e-3 || pp < 1e-3) out.rows.bound[r] = HUGE_VAL;
  }
  return out;
}

const LossRegistrar registrar{"CosineSimilarity", &apply};

}  // namespace
}  // namespace kerasan::reference
