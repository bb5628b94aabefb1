// Derivatives of the window operations of ops/conv.h.
#pragma once

#include "reference/gradient.h"
#include "reference/ops/conv.h"

namespace kerasan::reference {

// For y = convolve(x, kernel, ...), from the derivative by y.
struct ConvGradient {
  Bounded input, kernel;
};
ConvGradient convolve_reverse(const Bounded& x, const Bounded& kernel, const Bounded& seed,
                              const Window& rows, const Window& columns, std::int64_t groups,
                              Precision p);
ConvGradient convolve_volume_reverse(const Bounded& x, const Bounded& kernel, const Bounded& seed,
                                     const Windows& windows, std::int64_t groups, Precision p);
ConvGradient convolve_depthwise_reverse(const Bounded& x, const Bounded& kernel,
                                        const Bounded& seed, const Windows& windows, Precision p);

// The derivative by the sum that finish_conv gets, as an image or
// a volume like that sum; sets that by the bias.
Bounded finish_conv_reverse(const LayerCall& call, const Bounded& sum, const Bounded& seed,
                            std::size_t spatial, double terms, LayerGradient& gradient);

}  // namespace kerasan::reference
