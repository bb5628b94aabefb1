// Matrix products with their bound.
#pragma once

#include <vector>

#include "reference/bounded.h"
#include "reference/ops/gemm.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

// a [m, k] (any leading axes) times b [k, n]; shape of a with its last axis replaced by n.
// |error| <= gamma_{k+2} |a||b| (Higham, section 3.5) plus the propagated bounds of a and b
// and one underflow for each product.
// `sizes`: sizes_of(b, 1, 0) of an exact b, where they are there already.
Bounded matmul(const Bounded& a, const Bounded& b, Precision p, const Rounded* sizes = nullptr);

// a [..., m, k] times b [..., k, n] for each position of the leading axes, the same in both; an
// operand that is turned has its last two axes the other way round.
struct Turned {
  bool a = false, b = false;
};
Bounded batch_matmul(const Bounded& a, const Bounded& b, Precision p, Turned turned = {});

// For y = x w along the last axis, of the derivative `seed` by y: those by x and by w.
Bounded matmul_by_input(const Bounded& seed, const Bounded& w, Precision p,
                        const Rounded* sizes = nullptr);
Bounded matmul_by_weight(const Bounded& x, const Bounded& seed, Precision p);

// x + bias along the last axis, where x is a sum of `terms` products. The bias may enter
// that sum at any place, so it takes part in as many roundings.
void add_bias(Bounded& x, const Bounded& bias, Precision p, double terms);
// What each element of the bias adds to the bound of such a sum.
std::vector<double> drift_of(const Bounded& bias, Precision p, double terms);

}  // namespace kerasan::reference
