// Zeros, Ones, Constant and Identity: every value is known, up to its rounding to the type.
#include <cmath>

#include "reference/initializers/distribution.h"

namespace kerasan::reference {
namespace {

template <class Value>
InitializerResult exactly(const InitializerCall& call, Value value) {
  for (std::size_t k = 0; k < call.values.size(); ++k) {
    const double expected = value(k), bound = unit_roundoff(call.dtype) * std::abs(expected);
    if (!(std::abs(call.values.value[k] - expected) <= bound))
      return {Departure{"a value", call.values.value[k], expected, bound}, std::nullopt};
  }
  return {};
}

InitializerResult zeros(const InitializerCall& call) {
  return exactly(call, [](std::size_t) { return 0.0; });
}

InitializerResult ones(const InitializerCall& call) {
  return exactly(call, [](std::size_t) { return 1.0; });
}

InitializerResult constant(const InitializerCall& call) {
  const double value = get_number(call.config, "value", 0);
  require(is_float(call.dtype) || value == std::trunc(value), "a fraction as an integer");
  return exactly(call, [value](std::size_t) { return value; });
}

InitializerResult identity(const InitializerCall& call) {
  const Shape& shape = call.values.shape;
  require(shape.size() == 2, "a variable that is not a matrix");
  const double gain = get_number(call.config, "gain", 1);
  const auto columns = static_cast<std::size_t>(shape[1]);
  return exactly(call, [=](std::size_t k) { return k / columns == k % columns ? gain : 0.0; });
}

const InitializerRegistrar zeros_class{"Zeros", &initialized<zeros>},
    zeros_name{"zeros", &initialized<zeros>};
const InitializerRegistrar ones_class{"Ones", &initialized<ones>},
    ones_name{"ones", &initialized<ones>};
const InitializerRegistrar constant_class{"Constant", &initialized<constant>};
const InitializerRegistrar identity_class{"Identity", &initialized<identity>},
    identity_new{"IdentityInitializer", &initialized<identity>},
    identity_name{"identity", &initialized<identity>};

}  // namespace
}  // namespace kerasan::reference
