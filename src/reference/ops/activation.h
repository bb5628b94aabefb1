// The activation functions of Keras with the accuracy that a framework's own may have.
#pragma once

#include <string_view>

#include "reference/bounded.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

// Throws Unsupported for an unknown name.
Bounded activate(std::string_view name, Bounded x, Precision p);

// max(x, 0) in Keras's general form, for x >= max_value, >= threshold and below.
Bounded relu(const Bounded& x, double negative_slope, double max_value, double threshold,
             Precision p);
Bounded elu(const Bounded& x, double alpha, Precision p);
Bounded softmax(const Bounded& x, std::int64_t axis, Precision p);
// max(x - tau, 0) along the axis, with tau such that the results sum to 1 (Martins and Astudillo
// 2016, "From softmax to sparsemax").
Bounded sparsemax(const Bounded& x, std::int64_t axis, Precision p);
// a * sigmoid(b) of the two halves of the axis (Dauphin et al. 2017).
Bounded glu(const Bounded& x, std::int64_t axis, Precision p);
Bounded log_softmax(const Bounded& x, std::int64_t axis, Precision p);

}  // namespace kerasan::reference
