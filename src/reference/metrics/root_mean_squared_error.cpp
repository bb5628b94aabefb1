// Square root of the mean, over all rows, of the mean squared error of each.
#include "reference/metric.h"

namespace kerasan::reference {
namespace {

MetricRows apply(const MetricCall& call) {
  MetricRows out = metric_rows("MeanSquaredError", call);
  out.square_root = true;
  return out;
}

const MetricRegistrar registrar{"root_mean_squared_error", &apply};

}  // namespace
}  // namespace kerasan::reference
