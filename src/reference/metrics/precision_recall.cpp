// precision: true positives / predicted positives. recall: true positives / positives.
#include "reference/losses/rowwise.h"
#include "reference/metrics/common.h"

namespace kerasan::reference {
namespace {

bool plain(const nlohmann::json& config) {
  for (const char* name : {"top_k", "class_id"})
    if (config.contains(name) && !config[name].is_null()) return false;
  return !config.contains("thresholds") || config["thresholds"].is_null() ||
         config["thresholds"].is_number();
}

MetricRows apply(const MetricCall& call, bool precision) {
  if (!plain(call.config))
    return unchecked("precision or recall with top_k, class_id or several thresholds");
  if (call.y_true.size() != call.y_pred.size())
    return unchecked("precision or recall of unequal shapes");
  const double threshold = number(call.config, "thresholds", 0.5);
  Sums hits(rows_shape(call.y_pred)), all(rows_shape(call.y_pred));
  const std::size_t n = width(call.y_pred);
  for (std::size_t k = 0; k < call.y_pred.size(); ++k) {
    const std::size_t r = k / n;
    const Outcome p = above(call.y_pred.value[k], call.y_pred.bound[k], threshold);
    const double t = call.y_true.value[k] != 0 ? 1 : 0;
    hits.set(r, hits.lo[r] + t * p.lo, hits.value[r] + t * p.at, hits.hi[r] + t * p.hi);
    const Outcome d = precision ? p : Outcome{t, t, t};
    all.set(r, all.lo[r] + d.lo, all.value[r] + d.at, all.hi[r] + d.hi);
  }
  return {hits, all, false, std::nullopt};
}

const MetricRegistrar p{"precision", [](const MetricCall& c) { return apply(c, true); }};
const MetricRegistrar r{"recall", [](const MetricCall& c) { return apply(c, false); }};

}  // namespace
}  // namespace kerasan::reference
