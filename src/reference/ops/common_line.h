// Results that share what they were computed with.
#pragma once

#include "reference/bounded.h"

namespace kerasan::reference {

// Each element of a group is fl(a x + b), with a and b that the framework rounded in some way but
// used for the whole group: their errors are common, and only `own[i]` is that of element i alone.
// A line fitted to `observed` by least squares then lies within own[i] + sum_j |h_ij| own[j] of
// each element, h being the hat matrix of the fit (Hoaglin and Welsch 1978), whatever a and b are.
// Where that interval is a part of that of `y`, it takes its place.
void narrow_to_line(Bounded& y, const std::vector<double>& observed, const Bounded& x,
                    const std::vector<std::size_t>& group, std::size_t groups,
                    const std::vector<double>& own);

}  // namespace kerasan::reference
