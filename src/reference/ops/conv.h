// Windows over one to three spatial axes, channels last.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "reference/layer.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

// One spatial axis of a window operation.
struct Window {
  std::int64_t size = 1, stride = 1, dilation = 1;
  std::int64_t before = 0;   // padding before the first element
  std::int64_t outputs = 0;  // number of positions
  // The element that part `part` of the window at `position` covers; outside of the axis: padding.
  std::int64_t at(std::int64_t position, std::int64_t part) const {
    return position * stride + part * dilation - before;
  }
};

struct Windows {
  Window rows, columns;
  Window planes{1, 1, 1, 0, 1};
};

// x [n, d, h, w, c]: `data` in row-major order, whatever its own shape. Outlived by `data`.
struct Volume {
  Volume(const Bounded& x) : data(x), shape(x.shape) {}
  Volume(const Bounded& x, Shape s) : data(x), shape(std::move(s)) {}
  const Bounded& data;
  Shape shape;
};

// "valid", "same" and "causal" as TensorFlow documents them: same pads so that there are
// ceil(n / stride) positions, the odd element after; causal pads before only.
Window make_window(std::int64_t n, std::int64_t size, std::int64_t stride, std::int64_t dilation,
                   const std::string& padding);

// x [n, h, w, c], kernel [kh, kw, c / groups, f].
Bounded convolve(const Bounded& x, const Bounded& kernel, const Window& rows, const Window& columns,
                 std::int64_t groups, Precision p);

// What follows the sum, of each element while it is at hand.
struct AfterSum {
  const Bounded* bias = nullptr;  // [f]
  double terms = 0;               // of the sum
  bool rectified = false;         // max(., 0)
};

// The same over x [n, d, h, w, c] with a kernel [kd, kh, kw, c / groups, f].
Bounded convolve_volume(const Volume& x, const Bounded& kernel, const Windows& windows,
                        std::int64_t groups, Precision p, AfterSum after = {});

// A filter of its own for each channel: x [n, h, w, c], kernel [kh, kw, c, m], m outputs a channel.
Bounded convolve_depthwise(const Bounded& x, const Bounded& kernel, const Windows& windows,
                           Precision p);

// The windows of a layer's config on its input [n, h, w, c] or [n, d, h, w, c]; one spatial axis
// counts as w.
Windows make_windows(const LayerCall& call, const Shape& x, std::size_t spatial,
                     const std::vector<std::int64_t>& size);

// What the windows cover of channels [first, first + count) of x [n, d, h, w, c], one row a window:
// [n * positions, kd * kh * kw * count]; zero outside of x.
Bounded patches(const Volume& x, const Windows& windows, std::int64_t first, std::int64_t count);
// Columns [first, first + count) of a matrix.
Bounded columns_of(const Bounded& m, std::int64_t first, std::int64_t count);

// Brings the input of a 1D or 2D layer to [n, h, w, c] and back.
Bounded to_image(const Bounded& x, std::size_t spatial, bool channels_first);
Bounded from_image(Bounded y, std::size_t spatial, bool channels_first);
// Brings the input of a layer of any of the three kinds to [n, d, h, w, c], its kernel to five
// axes.
Bounded to_volume(const Bounded& x, std::size_t spatial, bool channels_first);
Bounded from_volume(Bounded y, std::size_t spatial, bool channels_first);
Bounded kernel_to_volume(const Bounded& kernel, std::size_t spatial);

// The input of a layer of any of the three kinds, copied only where its axes have to move.
class InputVolume {
 public:
  InputVolume(const LayerCall& call, std::size_t spatial)
      : InputVolume(call, call.inputs[0], spatial) {}
  // Of what has the layout of its input.
  InputVolume(const LayerCall& call, const Bounded& x, std::size_t spatial);
  InputVolume(const InputVolume&) = delete;
  InputVolume& operator=(const InputVolume&) = delete;
  const Volume& volume() const { return *volume_; }

 private:
  std::optional<Bounded> moved_;
  std::optional<Volume> volume_;
};

// Bias and activation of a sum of `terms` products, in the layer's data format; y is an image or
// a volume.
Bounded finish_conv(const LayerCall& call, Bounded y, std::size_t spatial, double terms);

}  // namespace kerasan::reference
