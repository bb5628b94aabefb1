// A training step followed with bounds by sampled roundings.
//
// Bounds carried through a deep model grow with every operation as if each rounding were the worst
// for all that follows. Of roundings that are independent, with mean zero, the root of that is
// known to be enough (Higham and Mary, A New Approach to Probabilistic Rounding Error Analysis,
// SIAM J. Sci. Comput. 41, 2019). How far they move a result is seen by disturbing the outcome of
// each operation by what it may round, and following that to the end (stochastic arithmetic:
// Vignes, Math. Comput. Simul. 35, 1993; Monte Carlo arithmetic: Parker, 1997).
#pragma once

#include "checks/training_pass.h"

namespace kerasan::checks {

// One sample tells the deviations of most arrays well, as it is that of all their elements
// together, and badly where one rounding dominates them all. So one is enough to agree, and what
// does not agree with it is judged by more.
inline constexpr std::size_t kFirstSamples = 1, kSamples = 4;

// A bound is kDeviations times the deviation that was seen in `count` samples.
Followed follow_by_samples(const model::Json& model, const model::Json& step, const model::Run& run,
                           const Applications& applications, std::size_t count);

}  // namespace kerasan::checks
