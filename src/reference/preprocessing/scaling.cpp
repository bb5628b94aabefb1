// Rescaling: x scale + offset. Normalization: (x - mean) / sqrt(variance), the deviation no less
// than keras.backend.epsilon().
#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"
#include "reference/ops/precision.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"
#include "reference/preprocessing/encode.h"

namespace kerasan::reference {
namespace {

// `offset` false: only the factor, as the derivative has it.
Bounded rescaled(const LayerCall& call, const Bounded& x, bool with_offset) {
  const Precision p = precision_of(call);
  std::vector<double> scale = get_numbers(call.config, "scale");
  std::vector<double> offset = get_numbers(call.config, "offset");
  if (scale.empty()) scale = {1};
  if (offset.empty() || !with_offset) offset = {0};
  Bounded y = x;
  const std::size_t last = y.shape.empty() ? 1 : std::size_t(y.shape.back());
  require(
      (scale.size() == 1 || scale.size() == last) && (offset.size() == 1 || offset.size() == last),
      "a list of another length than the last axis");
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double s = scale[scale.size() == 1 ? 0 : i % last];
    const double o = offset[offset.size() == 1 ? 0 : i % last];
    const double product = y.value[i] * s;
    y.value[i] = product + o;
    y.bound[i] = y.bound[i] * std::fabs(s) + 4 * p.u * (std::fabs(product) + std::fabs(o)) + p.tiny;
  }
  return y;
}

Bounded rescaling(const LayerCall& call) { return rescaled(call, call.inputs[0], true); }

LayerGradient rescaling_reverse(const LayerCall& call, const Bounded& seed) {
  return gradient_by_input(call, rescaled(call, seed, false));
}

// The statistic given at construction or learnt by adapt, for each kept position.
std::vector<double> statistic(const LayerCall& call, const char* name, std::size_t size) {
  std::vector<double> held = get_numbers(call.config, name);
  if (held.empty()) held = get_weight(call, name).value;
  if (held.size() == 1) held.assign(size, held[0]);
  require(held.size() == size, std::string(name) + " of unexpected size");
  return held;
}

Bounded normalization(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  Shape kept(x.shape.size(), 1);
  for (std::int64_t axis : get_ints(call.config, "axis").value_or(Ints())) {
    axis = normal_axis(axis, x.shape.size());
    kept[std::size_t(axis)] = x.shape[std::size_t(axis)];
  }
  const std::size_t size = element_count(kept);
  const auto mean = statistic(call, "mean", size), variance = statistic(call, "variance", size);
  const bool invert = get_flag(call.config, "invert", false);
  const auto at = broadcast_index(kept, x.shape);
  Bounded y(x.shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double m = mean[at[i]], s = std::max(std::sqrt(variance[at[i]]), 1e-7), v = x.value[i];
    y.value[i] = invert ? m + v * s : (v - m) / s;
    const double sizes =
        invert ? std::fabs(m) + std::fabs(v * s) : (std::fabs(v) + std::fabs(m)) / s;
    y.bound[i] = x.bound[i] * (invert ? s : 1 / s) + 8 * p.u * sizes + p.tiny;
  }
  return y;
}

const LayerRegistrar registrars[] = {
    {"Rescaling", &checked<rescaling>},
    {"Normalization", &checked<normalization>},
};
const LayerGradientRegistrar reverse{"Rescaling", &reversed<rescaling_reverse>};

}  // namespace
}  // namespace kerasan::reference
