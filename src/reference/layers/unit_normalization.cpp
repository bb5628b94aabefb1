// UnitNormalization: each input is divided by its L2 norm along the axes.
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/moments.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

Bounded unit_normalization(const LayerCall& call) {
  Ints axes = get_ints(call.config, "axis").value_or(Ints{-1});
  for (std::int64_t& axis : axes) axis = normal_axis(axis, call.inputs[0].shape.size());
  return unit_length(call.inputs[0], axes, precision_of(call));
}

const LayerRegistrar registrar{"UnitNormalization", &checked<unit_normalization>};

}  // namespace
}  // namespace kerasan::reference
