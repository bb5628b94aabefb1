// Derivatives of the window operations of ops/conv.h.
#pragma once

#include <functional>

#include "reference/gradient.h"
#include "reference/ops/conv.h"

namespace kerasan::reference {

// For y = convolve(x, kernel, ...), from the derivative by y.
struct ConvGradient {
  Bounded input, kernel;
  Bounded bias;  // of one group only: by what is added to every sum of a filter
};
ConvGradient convolve_reverse(const Bounded& x, const Bounded& kernel, const Bounded& seed,
                              const Window& rows, const Window& columns, std::int64_t groups,
                              Precision p);
struct ConvReverseOptions {
  bool by_input = true;  // whether that by the input is wanted; of size 0 where not
  // What max(., 0) gave for y, where the derivative is that by what it gave (one group only).
  const Bounded* rectified = nullptr;
};
ConvGradient convolve_volume_reverse(const Volume& x, const Bounded& kernel, const Bounded& seed,
                                     const Windows& windows, std::int64_t groups, Precision p,
                                     ConvReverseOptions options = {});
ConvGradient convolve_depthwise_reverse(const Bounded& x, const Bounded& kernel,
                                        const Bounded& seed, const Windows& windows, Precision p);

// What finish_conv gets: computed again only where the activation's derivative asks for it.
struct Summed {
  std::function<Bounded()> compute;
  double terms;
  bool volume = false;  // or an image
};
// The derivative by that sum, of its shape; sets that by the bias.
Bounded finish_conv_reverse(const LayerCall& call, const Summed& sum, const Bounded& seed,
                            std::size_t spatial, LayerGradient& gradient);

}  // namespace kerasan::reference
