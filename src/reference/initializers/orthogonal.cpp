// Orthogonal (Saxe et al. 2014): the rows, or the columns where they are no more, of the matrix
// (product of all axes but the last, last axis) are orthogonal and of norm `gain`.
#include <cmath>

#include "reference/initializers/distribution.h"

namespace kerasan::reference {
namespace {

InitializerResult orthogonal(const InitializerCall& call) {
  const Shape& shape = call.values.shape;
  require(shape.size() >= 2 && call.values.size() > 0, "a variable that is not a matrix");
  require(is_float(call.dtype), "values that are not floating point");
  const auto columns = static_cast<std::size_t>(shape.back()), rows = call.values.size() / columns;
  const bool by_rows = rows < columns;
  const std::size_t count = by_rows ? rows : columns, length = by_rows ? columns : rows;
  require(double(count) * double(count) * double(length) < 1e9, "a large matrix");
  const double gain = get_number(call.config, "gain", 1), m = double(length), n = double(count);
  // Householder QR: |dQ|_F <= sqrt(n) gamma_cmn with a small c (Higham, theorem 19.4); it is made
  // in float32 at least and then rounded to the type.
  const double u = std::max(unit_roundoff(call.dtype), 0.0);
  const double bound =
      gain * gain * (std::sqrt(n) * gamma(8 * m * n, std::min(u, 0x1p-24)) + 4 * std::sqrt(m) * u);
  require(bound < 0.1 * gain * gain, "bound too wide");
  const auto at = [&](std::size_t vector, std::size_t k) {
    return call.values.value[by_rows ? vector * columns + k : k * columns + vector];
  };
  for (std::size_t a = 0; a < count; ++a)
    for (std::size_t b = 0; b <= a; ++b) {
      double dot = 0;
      for (std::size_t k = 0; k < length; ++k) dot += at(a, k) * at(b, k);
      const double expected = a == b ? gain * gain : 0;
      if (!(std::abs(dot - expected) <= bound))
        return {Departure{a == b ? "the square of a norm" : "the product of two vectors", dot,
                          expected, bound},
                std::nullopt};
    }
  return {};
}

const InitializerRegistrar old_class{"Orthogonal", &initialized<orthogonal>},
    new_class{"OrthogonalInitializer", &initialized<orthogonal>},
    name{"orthogonal", &initialized<orthogonal>};

}  // namespace
}  // namespace kerasan::reference
