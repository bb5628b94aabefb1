// As ops/channels.h and ops/channels_reverse.h, of values that are exact in arithmetic that is: no
// bounds come of them.
#pragma once

#include "reference/ops/channels_reverse.h"

namespace kerasan::reference::channels {

void normalize_exact(double* to, const double* value, std::size_t size, const Normal& by);

SlopeSums slope_sums_exact(const Elements& all, const Scaling& by);
void slopes_exact(double* to, const Elements& all, const Scaling& by, const Slopes& of);

}  // namespace kerasan::reference::channels
