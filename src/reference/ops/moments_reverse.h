// The derivative of a normalisation by the mean and variance of groups of elements.
#pragma once

#include "reference/ops/moments.h"

namespace kerasan::reference {

struct NormalizeGradient {
  Bounded input, scale, shift;
};

// For y = normalize(x, m, epsilon, affine), from the derivative by y. `own`: m are the moments of x
// itself, so that they move with it (Ioffe and Szegedy 2015, section 3). `parameters` is the shape
// of scale and shift. Without `centred`, m.mean is 0 and does not move.
NormalizeGradient normalize_reverse(const Bounded& x, const Moments& m, double epsilon,
                                    const Affine& affine, const Bounded& seed, bool own,
                                    const Shape& parameters, Precision p, bool centred = true);

// For y = unit_length(x, axes), from the derivative by y.
Bounded unit_length_reverse(const Bounded& x, const Bounded& seed,
                            const std::vector<std::int64_t>& axes, Precision p);

}  // namespace kerasan::reference
