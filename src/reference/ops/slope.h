// Derivatives of activation functions.
#pragma once

#include <functional>
#include <string_view>

#include "reference/bounded.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

// The derivative by x of activate(name, x), times `seed`. Throws Unsupported for an unknown name.
Bounded activate_reverse(std::string_view name, const Bounded& x, const Bounded& seed, Precision p);
// Error of a computed derivative in u, relative to 1: it is a handful of operations on the
// function's own value (1 - y^2, y (1 - y), ...), which is accurate to 8 u; each may cancel.
inline constexpr double kSlopeRounding = 48;
// Whether each element of activate(name, x) is a function of that of x, with a known derivative.
bool is_by_element(std::string_view name);

// The same for the last work of a layer; its argument is computed again only where it has to be.
Bounded activate_reverse(std::string_view name, const LayerCall& call,
                         const std::function<Bounded()>& argument, const Bounded& seed);

Bounded relu_reverse(const Bounded& x, const Bounded& seed, double negative_slope, double max_value,
                     double threshold, Precision p);
Bounded elu_reverse(const Bounded& x, const Bounded& seed, double alpha, Precision p);
// `y` is what softmax (log_softmax) gave for x.
Bounded softmax_reverse(const Bounded& y, const Bounded& seed, std::int64_t axis, Precision p);
// Along the last axis; x is the argument.
Bounded sparsemax_reverse(const Bounded& x, const Bounded& seed, Precision p);
Bounded glu_reverse(const Bounded& x, const Bounded& seed, Precision p);
Bounded log_softmax_reverse(const Bounded& y, const Bounded& seed, std::int64_t axis, Precision p);

}  // namespace kerasan::reference
