// Windows over one or two spatial axes, channels last.
#pragma once

#include <string>

#include "reference/layer.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

// One spatial axis of a window operation.
struct Window {
  std::int64_t size = 1, stride = 1, dilation = 1;
  std::int64_t before = 0;   // padding before the first element
  std::int64_t outputs = 0;  // number of positions
};

struct Windows {
  Window rows, columns;
};

// "valid", "same" and "causal" as TensorFlow documents them: same pads so that there are
// ceil(n / stride) positions, the odd element after; causal pads before only.
Window make_window(std::int64_t n, std::int64_t size, std::int64_t stride, std::int64_t dilation,
                   const std::string& padding);

// x [n, h, w, c], kernel [kh, kw, c / groups, f].
Bounded convolve(const Bounded& x, const Bounded& kernel, const Window& rows, const Window& columns,
                 std::int64_t groups, Precision p);

// A filter of its own for each channel: x [n, h, w, c], kernel [kh, kw, c, m], m outputs a channel.
Bounded convolve_depthwise(const Bounded& x, const Bounded& kernel, const Windows& windows,
                           Precision p);

// The windows of a layer's config on its input [n, h, w, c]; one spatial axis counts as w.
Windows make_windows(const LayerCall& call, const Bounded& x, std::size_t spatial,
                     const std::vector<std::int64_t>& size);

// Brings the input of a 1D or 2D layer to [n, h, w, c] and back.
Bounded to_image(const Bounded& x, std::size_t spatial, bool channels_first);
Bounded from_image(Bounded y, std::size_t spatial, bool channels_first);

// Bias and activation of a sum of `terms` products, in the layer's data format.
Bounded finish_conv(const LayerCall& call, Bounded y, std::size_t spatial, double terms);

}  // namespace kerasan::reference
