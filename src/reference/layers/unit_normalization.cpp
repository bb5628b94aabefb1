// UnitNormalization: each input is divided by its L2 norm along the axes.
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/moments.h"
#include "reference/ops/moments_reverse.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

Ints axes_of(const LayerCall& call) {
  Ints axes = get_ints(call.config, "axis").value_or(Ints{-1});
  for (std::int64_t& axis : axes) axis = normal_axis(axis, call.inputs[0].shape.size());
  return axes;
}

Bounded unit_normalization(const LayerCall& call) {
  return unit_length(call.inputs[0], axes_of(call), precision_of(call));
}

LayerGradient unit_normalization_reverse(const LayerCall& call, const Bounded& seed) {
  return gradient_by_input(
      call, unit_length_reverse(call.inputs[0], seed, axes_of(call), precision_of(call)));
}

const LayerRegistrar registrar{"UnitNormalization", &checked<unit_normalization>};
const LayerGradientRegistrar reverse{"UnitNormalization", &reversed<unit_normalization_reverse>};

}  // namespace
}  // namespace kerasan::reference
