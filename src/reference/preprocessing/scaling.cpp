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

// Of each element: its mean and its deviation.
struct Centred {
  std::vector<double> mean, deviation;
  std::vector<std::size_t> at;
};

Centred centred(const LayerCall& call) {
  const Bounded& x = call.inputs[0];
  Shape kept(x.shape.size(), 1);
  for (std::int64_t axis : get_ints(call.config, "axis").value_or(Ints())) {
    axis = normal_axis(axis, x.shape.size());
    kept[std::size_t(axis)] = x.shape[std::size_t(axis)];
  }
  const std::size_t size = element_count(kept);
  Centred out{statistic(call, "mean", size), statistic(call, "variance", size),
              broadcast_index(kept, x.shape)};
  for (double& v : out.deviation) v = std::max(std::sqrt(v), 1e-7);
  return out;
}

Bounded normalization(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  const Centred of = centred(call);
  const bool invert = get_flag(call.config, "invert", false);
  Bounded y(x.shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double m = of.mean[of.at[i]], s = of.deviation[of.at[i]], v = x.value[i];
    y.value[i] = invert ? m + v * s : (v - m) / s;
    const double sizes =
        invert ? std::fabs(m) + std::fabs(v * s) : (std::fabs(v) + std::fabs(m)) / s;
    y.bound[i] = x.bound[i] * (invert ? s : 1 / s) + 8 * p.u * sizes + p.tiny;
  }
  return y;
}

LayerGradient normalization_reverse(const LayerCall& call, const Bounded& seed) {
  const Precision p = precision_of(call);
  const Centred of = centred(call);
  require(seed.size() == of.at.size(), "a derivative of another size");
  const bool invert = get_flag(call.config, "invert", false);
  Bounded by = seed;
  for (std::size_t i = 0; i < by.size(); ++i) {
    const double s = of.deviation[of.at[i]], factor = invert ? s : 1 / s;
    by.value[i] *= factor;
    by.bound[i] = by.bound[i] * factor + 8 * p.u * std::fabs(by.value[i]) + p.tiny;
  }
  return gradient_by_input(call, std::move(by));
}

const LayerRegistrar registrars[] = {
    {"Rescaling", &checked<rescaling>},
    {"Normalization", &checked<normalization>},
};
const LayerGradientRegistrar reverse[] = {{"Rescaling", &reversed<rescaling_reverse>},
                                          {"Normalization", &reversed<normalization_reverse>}};

}  // namespace
}  // namespace kerasan::reference
