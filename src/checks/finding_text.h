// How numbers and places inside a tensor are told in a finding.
#pragma once

#include <string>

#include "base/tensor.h"
#include "model/run.h"

namespace kerasan::checks {

std::string number_text(double value);  // seven digits
// The number; "nan", "inf" or "-inf" where JSON has none.
model::Json number_or_text(double value);
// The multi-index of a row-major position.
model::Json index_of(const Shape& shape, std::size_t position);

}  // namespace kerasan::checks
