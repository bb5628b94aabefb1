// Layers that are random in training and the identity otherwise.
#include <cmath>

#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/precision.h"
#include "reference/ops/reverse.h"

namespace kerasan::reference {
namespace {

// Each element is dropped or scaled by 1 / (1 - rate); which one is taken from the output.
Bounded dropout(const LayerCall& call) {
  const Precision p = precision_of(call);
  Bounded y = call.inputs[0];
  const double rate = get_number(call.config, "rate", 0);
  if (!call.training || rate == 0) return y;
  require(rate > 0 && rate < 1, "rate out of range");
  require(call.observed.size() == 1 && call.observed[0].shape() == y.shape,
          "the output was not recorded in the input's shape");
  const std::vector<double> drawn = call.observed[0].to_doubles();
  for (std::size_t i = 0; i < y.size(); ++i) {
    // A kept element that may be zero may look like a dropped one.
    const bool zero = std::fabs(y.value[i]) <= y.bound[i], dropped = drawn[i] == 0;
    const double value = y.value[i] / (1 - rate),
                 bound = y.bound[i] / (1 - rate) + 4 * p.u * std::fabs(value) + p.tiny;
    y.value[i] = dropped ? 0 : value;
    y.bound[i] = !dropped ? bound : zero && y.bound[i] > 0 ? std::fabs(value) + bound : 0;
  }
  return y;
}

Bounded noise(const LayerCall& call) {
  const char* const amount = call.class_name == "GaussianNoise" ? "stddev" : "rate";
  require(!call.training || get_number(call.config, amount, 1) == 0,
          "random in training: see layer-property");
  return call.inputs[0];
}

Bounded identity(const LayerCall& call) { return call.inputs[0]; }

const LayerRegistrar registrars[] = {
    {"Dropout", &checked<dropout>},
    {"SpatialDropout1D", &checked<dropout>},
    {"SpatialDropout2D", &checked<dropout>},
    {"SpatialDropout3D", &checked<dropout>},
    {"GaussianNoise", &checked<noise>},
    {"GaussianDropout", &checked<noise>},
    {"InputLayer", &checked<identity>},
    {"Identity", &checked<identity>},
    {"ActivityRegularization", &checked<identity>},
};

// Which elements were dropped is taken from the output, as for the values; where the input may be
// zero, so is the output in both cases.
LayerGradient dropout_reverse(const LayerCall& call, const Bounded& seed) {
  const double rate = get_number(call.config, "rate", 0);
  if (!call.training || rate == 0) return gradient_by_input(call, seed);
  require(!call.observed.empty(), "random in training");
  LayerCall of_seed = call;
  of_seed.inputs[0] = seed;
  Bounded by = dropout(of_seed);
  const std::vector<double> drawn = call.observed[0].to_doubles();
  const Bounded& x = call.inputs[0];
  for (std::size_t i = 0; i < by.size(); ++i) {
    if (drawn[i] != 0 || std::fabs(x.value[i]) > x.bound[i]) continue;
    const double kept = (std::fabs(seed.value[i]) + seed.bound[i]) / (1 - rate);
    by.value[i] = seed.value[i] / (1 - rate) / 2;
    by.bound[i] = (kept + seed.bound[i] / (1 - rate)) / 2 + 4 * precision_of(call).u * kept;
  }
  return gradient_by_input(call, std::move(by));
}

// What was drawn in the step itself is not known.
LayerGradient pass_on(const LayerCall& call, const Bounded& seed) {
  require(!call.training || get_number(call.config, "rate", 0) == 0, "random in training");
  require(!call.training || call.class_name != "GaussianNoise", "random in training");
  return gradient_by_input(call, seed);
}

const LayerGradientRegistrar reverse[] = {
    {"Dropout", &reversed<dropout_reverse>},
    {"SpatialDropout1D", &reversed<dropout_reverse>},
    {"SpatialDropout2D", &reversed<dropout_reverse>},
    {"SpatialDropout3D", &reversed<dropout_reverse>},
    {"GaussianNoise", &reversed<pass_on>},
    {"GaussianDropout", &reversed<pass_on>},
    {"InputLayer", &reversed<pass_on>},
    {"Identity", &reversed<pass_on>},
    {"ActivityRegularization", &reversed<pass_on>},  // its penalty is a loss of its own
};

}  // namespace
}  // namespace kerasan::reference
