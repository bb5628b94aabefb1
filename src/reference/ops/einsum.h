// Products over named axes.
#pragma once

#include <string_view>

#include "reference/bounded.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

// Two operands, as in "...ab,bc->...ac": sums of products over the axes that are not in the result.
// An axis twice in one operand throws Unsupported. `terms`: products summed for one element.
Bounded einsum(std::string_view equation, const Bounded& a, const Bounded& b, Precision p,
               double* terms = nullptr);

// From the derivative by the result, those by the two operands.
struct EinsumGradient {
  Bounded a, b;
};
EinsumGradient einsum_reverse(std::string_view equation, const Bounded& a, const Bounded& b,
                              const Bounded& seed, Precision p);

}  // namespace kerasan::reference
