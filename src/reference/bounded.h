// Values in float64, each with an absolute forward error bound.
#pragma once

#include <limits>
#include <vector>

#include "base/tensor.h"

namespace kerasan::reference {

// bound[i] covers every value that a reasonable evaluation order in the framework's
// precision may give for element i (Higham, Accuracy and Stability of Numerical
// Algorithms, 2nd ed., ch. 3). An exact input has bound zero.
struct Bounded {
  Shape shape;
  std::vector<double> value;
  std::vector<double> bound;

  Bounded() = default;
  explicit Bounded(Shape s)
      : shape(std::move(s)), value(element_count(shape)), bound(value.size()) {}
  static Bounded exact(const Tensor& tensor);
  std::size_t size() const { return value.size(); }
};

// gamma_n = n u / (1 - n u): the bound of n roundings. Infinity when n u >= 1.
inline double gamma(double n, double u) {
  const double nu = n * u;
  return nu >= 1.0 ? std::numeric_limits<double>::infinity() : nu / (1.0 - nu);
}

}  // namespace kerasan::reference
