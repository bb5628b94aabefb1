// The logistic function and the hyperbolic tangent of elements that lie side by side, within some
// units in the last place of float64.
#pragma once

#include <cstddef>

namespace kerasan::reference::lines {

void logistic(double* to, const double* x, std::size_t size);
void tangent(double* to, const double* x, std::size_t size);

}  // namespace kerasan::reference::lines
