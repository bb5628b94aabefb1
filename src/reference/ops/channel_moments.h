// Mean and variance of each channel of the last axis, and what is made of them: as in
// ops/moments.h, in loops that need no index and keep nothing between.
#pragma once

#include "reference/ops/moments_reverse.h"

namespace kerasan::reference {

Moments channel_moments(const Bounded& x, std::size_t channels, Precision p);

// `scale` and `shift` have a number for each channel, or are nullptr: 1 and 0.
Bounded channel_normalize(const Bounded& x, const Moments& m, double epsilon, const Bounded* scale,
                          const Bounded* shift, Precision p);

// As normalize_reverse(..., centred = true).
NormalizeGradient channel_normalize_reverse(const Bounded& x, const Moments& m, double epsilon,
                                            const Bounded* scale, const Bounded& seed, bool own,
                                            const Shape& parameters, Precision p);

}  // namespace kerasan::reference
