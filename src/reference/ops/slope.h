// Derivatives of activation functions.
#pragma once

#include <string_view>

#include "reference/bounded.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

// The derivative by x of activate(name, x), times `seed`. Throws Unsupported for an unknown name.
Bounded activate_reverse(std::string_view name, const Bounded& x, const Bounded& seed, Precision p);
// Whether each element of activate(name, x) is a function of that of x, with a known derivative.
bool is_by_element(std::string_view name);

// Of a layer whose last work is relu, from its output; nothing else of the layer has to be computed
// again. Where the output and its bound are zero, what went in was negative.
bool can_use_output(const LayerCall& call, std::string_view activation, const Bounded& seed);
Bounded relu_reverse_of_output(const Bounded& y, const Bounded& seed, Precision p);

Bounded relu_reverse(const Bounded& x, const Bounded& seed, double negative_slope, double max_value,
                     double threshold, Precision p);
Bounded elu_reverse(const Bounded& x, const Bounded& seed, double alpha, Precision p);
// `y` is what softmax (log_softmax) gave for x.
Bounded softmax_reverse(const Bounded& y, const Bounded& seed, std::int64_t axis, Precision p);
Bounded log_softmax_reverse(const Bounded& y, const Bounded& seed, std::int64_t axis, Precision p);

}  // namespace kerasan::reference
