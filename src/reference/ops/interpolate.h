// Resampling of two neighbouring spatial axes.
#pragma once

#include <array>
#include <string>

#include "reference/bounded.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

// Axes `first` and `first + 1` of x at new lengths. "nearest", "bilinear", "bicubic", "lanczos3"
// and "lanczos5" with half-pixel centres: output i lies at (i + 1/2) n / m - 1/2. Throws
// Unsupported for another interpolation.
Bounded interpolate(const Bounded& x, std::size_t first, const std::array<std::int64_t, 2>& lengths,
                    const std::string& interpolation, Precision p);

}  // namespace kerasan::reference
