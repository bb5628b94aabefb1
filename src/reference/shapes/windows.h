// Output shapes of windows that slide over spatial axes.
#pragma once

#include "reference/shapes/dims.h"

namespace kerasan::reference {

// "valid", "same" and "causal" with the strides and dilation_rate of the config; `channels` is the
// last (or, channels_first, the second) dimension of the output. https://keras.io/api/layers/
MaybeDims slid(const Json& config, const MaybeDims& input, std::size_t spatial, const Ints& size,
               const Dim& channels, const char* strides = "strides");

}  // namespace kerasan::reference
