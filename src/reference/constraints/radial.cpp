// RadialConstraint of tf.keras 2: kernels of Conv2D, (rows, cols, input depth, output depth), are the
// same for each radius. Which of the weights of one radius they all become is documented by one
// example only, so nothing is claimed of the values; afterwards each square ring is constant.
#include <sstream>

#include "reference/constraints/norms.h"

namespace kerasan::reference {
namespace {

ConstraintResult radial(const ConstraintCall& call) {
  const Shape& shape = call.variable.shape;
  require(shape.size() == 4 && shape[0] == shape[1], "a kernel that is not square");
  const std::int64_t side = shape[0], depth = shape[2] * shape[3];
  ConstraintResult result;
  result.value = call.variable;
  result.value.bound.assign(result.value.size(), detail::unknown());
  const auto at = [&](std::int64_t row, std::int64_t column, std::int64_t channel) {
    return call.variable.value[static_cast<std::size_t>((row * side + column) * depth + channel)];
  };
  for (std::int64_t row = 0; row < side && result.broken.empty(); ++row)
    for (std::int64_t column = 0; column < side && result.broken.empty(); ++column)
      for (std::int64_t channel = 0; channel < depth; ++channel) {
        const std::int64_t ring = std::min({row, column, side - 1 - row, side - 1 - column});
        if (at(row, column, channel) == at(ring, ring, channel)) continue;
        std::ostringstream text;
        text << "the values " << at(ring, ring, channel) << " and " << at(row, column, channel)
             << " at one radius";
        result.broken = text.str();
        break;
      }
  return result;
}

const ConstraintRegistrar registrar{"RadialConstraint", &constrained<radial>};

}  // namespace
}  // namespace kerasan::reference
