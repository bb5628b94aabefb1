#include "reference/ops/elementwise.h"

#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"

namespace kerasan::reference {

Bounded plus(const Bounded& a, const Bounded& b, Precision p) {
  require(a.shape == b.shape, "sum of different shapes");
  Bounded y(a.shape);
  for (std::size_t i = 0; i < y.size(); ++i) {
    y.value[i] = a.value[i] + b.value[i];
    const double d = a.bound[i] + b.bound[i];
    y.bound[i] = d + p.u * (std::fabs(y.value[i]) + d);
  }
  return y;
}

Bounded times(const Bounded& a, const Bounded& b, Precision p) {
  require(a.shape == b.shape, "product of different shapes");
  Bounded y(a.shape);
  for (std::size_t i = 0; i < y.size(); ++i) {
    y.value[i] = a.value[i] * b.value[i];
    const double d = a.bound[i] * std::fabs(b.value[i]) + b.bound[i] * std::fabs(a.value[i]) +
                     a.bound[i] * b.bound[i];
    y.bound[i] = d + p.u * (std::fabs(y.value[i]) + d) + p.tiny;
  }
  return y;
}

Bounded one_minus(const Bounded& a, Precision p) {
  Bounded y(a.shape);
  for (std::size_t i = 0; i < y.size(); ++i) {
    y.value[i] = 1 - a.value[i];
    y.bound[i] = a.bound[i] + p.u * (std::fabs(y.value[i]) + a.bound[i]);
  }
  return y;
}

Bounded scaled(Bounded a, double factor, Precision p) {
  const double size = std::fabs(factor);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a.value[i] *= factor;
    const double d = a.bound[i] * size;
    a.bound[i] = d + 2 * p.u * (std::fabs(a.value[i]) + d) + p.tiny;
  }
  return a;
}

Bounded columns(const Bounded& m, std::int64_t first, std::int64_t count) {
  require(!m.shape.empty() && first + count <= m.shape.back(), "kernel is too narrow");
  const auto width = std::size_t(m.shape.back()), from = std::size_t(first);
  Shape shape = m.shape;
  shape.back() = count;
  Bounded y(shape);
  const std::size_t rows = width == 0 ? 0 : m.size() / width;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto at = std::ptrdiff_t(row * width + from), to = std::ptrdiff_t(row) * count;
    std::copy_n(m.value.begin() + at, count, y.value.begin() + to);
    std::copy_n(m.bound.begin() + at, count, y.bound.begin() + to);
  }
  return y;
}

}  // namespace kerasan::reference
