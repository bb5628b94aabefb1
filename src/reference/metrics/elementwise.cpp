// Means over all elements: Accuracy, how often target and prediction are equal;
// MeanRelativeError, |t - p| / normalizer (0 where the normalizer is). Documentation.
#include <cmath>

#include "reference/losses/rowwise.h"
#include "reference/metrics/common.h"
#include "reference/ranged.h"

namespace kerasan::reference {
namespace {

MetricRows accuracy(const MetricCall& call) {
  if (!same_elements({call.config, call.y_true, call.y_pred, call.precision}))
    return unchecked("accuracy of unequal shapes");
  MetricRows out{Sums(call.y_pred.shape), std::nullopt, false, std::nullopt};
  for (std::size_t k = 0; k < call.y_pred.size(); ++k) {
    const double off = std::abs(call.y_true.value[k] - call.y_pred.value[k]);
    const bool near = off <= call.y_pred.bound[k];
    const double low = near && call.y_pred.bound[k] == 0 ? 1 : 0;
    out.numerator.set(k, low, off == 0 ? 1 : 0, near ? 1 : 0);
  }
  return out;
}

MetricRows relative(const MetricCall& call) {
  const auto by = call.config.find("normalizer");
  if (call.y_true.shape != call.y_pred.shape || by == call.config.end() || !by->is_array() ||
      by->empty() || call.y_pred.size() % by->size() != 0)
    return unchecked("mean relative error of shapes that do not fit");
  MetricRows out{Sums(call.y_pred.shape), std::nullopt, false, std::nullopt};
  const double u = unit_roundoff(call.precision);
  for (std::size_t k = 0; k < call.y_pred.size(); ++k) {
    const auto& n = (*by)[k % by->size()];
    const double norm = n.is_number() ? n.get<double>() : 0;
    if (norm == 0) continue;
    const double e = std::abs(call.y_true.value[k] - call.y_pred.value[k]);
    const Ranged r = rounded(
        Ranged(std::max(0.0, e - call.y_pred.bound[k]), e, e + call.y_pred.bound[k]) / Ranged(norm),
        4 * u);
    out.numerator.set(k, r.lo, r.value, r.hi);
  }
  return out;
}

const MetricRegistrar a{"Accuracy", &accuracy};
const MetricRegistrar b{"MeanRelativeError", &relative};

}  // namespace
}  // namespace kerasan::reference
