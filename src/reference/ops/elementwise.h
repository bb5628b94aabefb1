// Elementwise arithmetic with its rounding.
#pragma once

#include "reference/bounded.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

Bounded plus(const Bounded& a, const Bounded& b, Precision p);
Bounded times(const Bounded& a, const Bounded& b, Precision p);
Bounded one_minus(const Bounded& a, Precision p);
// Every element times one factor: `factor` itself may be rounded.
Bounded scaled(Bounded a, double factor, Precision p);
// Columns [first, first + count) of the last axis.
Bounded columns(const Bounded& m, std::int64_t first, std::int64_t count);

}  // namespace kerasan::reference
