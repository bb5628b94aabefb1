#include "reference/bounded.h"

#include <limits>

namespace kerasan::reference {

Bounded Bounded::exact(const Tensor& tensor) {
  Bounded result;
  result.shape = tensor.shape();
  result.value = tensor.to_doubles();
  result.bound.assign(result.value.size(), 0.0);
  return result;
}

double gamma(double n, double u) {
  const double nu = n * u;
  return nu >= 1.0 ? std::numeric_limits<double>::infinity() : nu / (1.0 - nu);
}

}  // namespace kerasan::reference
