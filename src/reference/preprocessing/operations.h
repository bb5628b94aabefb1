// Single operations on one image of a batch.
#pragma once

#include "reference/preprocessing/images.h"

namespace kerasan::reference {

// By how much (root mean square) the change inside of an image is none that one kernel gives, alike
// to the left and right, above and below, of sum 1, that reaches `height` and `width` pixels; what
// was cut off at an end of the range is left out.
double kernel_misfit(const Images& images, std::int64_t n, std::int64_t height, std::int64_t width,
                     const Range& range);

}  // namespace kerasan::reference
