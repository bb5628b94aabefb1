// What `class_weight` gives to the rows of a batch.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/tensor.h"
#include "model/run.h"

namespace kerasan::checks {

// From the mapping that a call was given; empty for anything else.
std::map<std::int64_t, double> class_weights(const model::Json& value);
// The class of each row: the target itself, or the place of the one in a row of zeros. Empty where
// the targets are no classes.
std::vector<std::int64_t> classes_of(const Tensor& y);

}  // namespace kerasan::checks
