// -sum(t p) / (|t| |p|) over the last axis.
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/losses/slope.h"

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

// (p c / |p| - t / |t|) / |p| with c the cosine; along the last axis.
LossGradient reverse(const LossGradientCall& given) {
  const LossCall& call = given.loss;
  const double axis = number(call.config, "axis", -1);
  const std::size_t rank = call.y_pred.shape.size();
  if (call.y_true.shape != call.y_pred.shape || rank == 0 ||
      (axis != -1 && axis != static_cast<double>(rank) - 1))
    return no_gradient("along another axis");
  LossGradient out{Bounded(call.y_pred.shape), std::nullopt};
  const auto n = static_cast<std::size_t>(call.y_pred.shape.back());
  const double u = unit_roundoff(call.precision);
  for (std::size_t first = 0; first < call.y_pred.size(); first += n) {
    double dot = 0, tt = 0, pp = 0, bb = 0;
    for (std::size_t k = first; k < first + n; ++k) {
      dot += call.y_true.value[k] * call.y_pred.value[k];
      tt += call.y_true.value[k] * call.y_true.value[k];
      pp += call.y_pred.value[k] * call.y_pred.value[k];
      bb += call.y_pred.bound[k] * call.y_pred.bound[k];
    }
    if (tt < 1e-3 || pp < 1e-3) return no_gradient("a row of nearly zero length");
    const double length = std::sqrt(pp), c = dot / (length * std::sqrt(tt));
    // The vector turns by 2 |dp| / |p| at most, and its length changes by |dp|: three factors move.
    const double turn = 8 * std::sqrt(bb / pp) + gamma(6 * static_cast<double>(n) + 40, u);
    for (std::size_t k = first; k < first + n; ++k) {
      const double towards = call.y_pred.value[k] * c / length;
      const double away = call.y_true.value[k] / std::sqrt(tt);
      out.gradient.value[k] = (towards - away) / length;
      out.gradient.bound[k] = 2 * turn / length;  // both parts are at most 1
    }
  }
  return out;
}

const LossGradientRegistrar gradient{"CosineSimilarity", &reverse};

}  // namespace
}  // namespace kerasan::reference
