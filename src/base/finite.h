// Whether stored values are numbers, told from their bits.
#pragma once

#include <span>

#include "base/tensor.h"

namespace kerasan {

// No NaN and no infinity among the values; true for integer types.
bool all_finite(DType dtype, std::span<const std::byte> bytes);

}  // namespace kerasan
