// LocallyConnected1D and LocallyConnected2D: a convolution with a kernel of its own at each
// position. The kernel is kept by position (implementation 1), or as one matrix from all inputs to
// all outputs of which only the entries within a window count (implementation 2).
#include <algorithm>

#include "reference/ops/config.h"
#include "reference/ops/conv.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// Slice i of axis 0.
Bounded slice(const Bounded& x, std::int64_t i) {
  Shape shape(x.shape.begin() + 1, x.shape.end());
  Bounded y(shape);
  const auto from = std::ptrdiff_t(std::size_t(i) * y.size());
  std::copy_n(x.value.begin() + from, y.size(), y.value.begin());
  std::copy_n(x.bound.begin() + from, y.size(), y.bound.begin());
  return y;
}

// The window at one position, [n, rows, columns, c], flat: [n, rows * columns * c].
Bounded window_at(const Bounded& x, const Windows& w, std::int64_t i, std::int64_t j) {
  const Shape shape{x.shape[0], w.rows.size, w.columns.size, x.shape[3]};
  const Bounded part = gather(x, shape, [&](std::size_t axis, std::int64_t k) {
    return axis == 1 ? w.rows.at(i, k) : axis == 2 ? w.columns.at(j, k) : k;
  });
  return reshape(part, {x.shape[0], shape[1] * shape[2] * shape[3]});
}

struct Layout {
  Bounded x;  // an image
  Windows windows;
  std::int64_t positions = 0, filters = 0;
};

Layout layout_of(const LayerCall& call, std::size_t spatial) {
  require(!channels_first(call.config), "channels_first");
  require(get_text(call.config, "padding", "valid") == "valid", "padding same is not documented");
  Layout out{to_image(call.inputs[0], spatial, false), {}, 0, 0};
  out.windows = make_windows(call, out.x.shape, spatial,
                             get_ints(call.config, "kernel_size", spatial, Ints()));
  out.positions = out.windows.rows.outputs * out.windows.columns.outputs;
  const Bounded& kernel = get_weight(call, "kernel");
  require(kernel.shape.size() >= 2 && out.positions > 0, "kernel of unexpected rank");
  out.filters = kernel.shape.back();
  return out;
}

// The kernel of each position, [positions, rows * columns * c, filters], of the large matrix
// [height, width, c, output rows, output columns, filters].
Bounded kernels_of_matrix(const Bounded& matrix, const Layout& at) {
  const Windows& w = at.windows;
  const std::int64_t height = at.x.shape[1], width = at.x.shape[2], depth = at.x.shape[3];
  const std::int64_t terms = w.rows.size * w.columns.size * depth;
  const double entries = double(height * width * depth) * double(at.positions * at.filters);
  require(double(matrix.size()) == entries, "kernel of unexpected size");
  Bounded out(Shape{at.positions, terms, at.filters});
  std::size_t to = 0;
  for (std::int64_t position = 0; position < at.positions; ++position)
    for (std::int64_t term = 0; term < terms; ++term) {
      const std::int64_t row =
          w.rows.at(position / w.columns.outputs, term / depth / w.columns.size);
      const std::int64_t column =
          w.columns.at(position % w.columns.outputs, term / depth % w.columns.size);
      const std::int64_t input = ((row * width + column) * depth + term % depth) * at.positions;
      for (std::int64_t f = 0; f < at.filters; ++f, ++to) {
        out.value[to] = matrix.value[std::size_t((input + position) * at.filters + f)];
        out.bound[to] = matrix.bound[std::size_t((input + position) * at.filters + f)];
      }
    }
  return out;
}

Bounded kernels_of(const LayerCall& call, const Layout& at) {
  const Bounded& kernel = get_weight(call, "kernel");
  const int implementation = int(get_number(call.config, "implementation", 1));
  if (implementation == 2) return kernels_of_matrix(kernel, at);
  require(implementation == 1, "the order of its sparse kernel is not documented");
  return reshape(kernel, {at.positions, kernel.shape[kernel.shape.size() - 2], at.filters});
}

Bounded locally_connected(const LayerCall& call, std::size_t spatial) {
  const Precision p = precision_of(call);
  const Layout at = layout_of(call, spatial);
  const Windows& w = at.windows;
  const Bounded kernels = kernels_of(call, at);
  const bool biased = get_flag(call.config, "use_bias", true);
  const Bounded bias =
      biased ? reshape(get_weight(call, "bias"), {at.positions, at.filters}) : Bounded();
  const double terms = double(kernels.shape[1]);  // zeros elsewhere add no rounding
  Bounded y(Shape{at.x.shape[0], w.rows.outputs, w.columns.outputs, at.filters});
  for (std::int64_t position = 0; position < at.positions; ++position) {
    Bounded part =
        matmul(window_at(at.x, w, position / w.columns.outputs, position % w.columns.outputs),
               slice(kernels, position), p);
    if (biased) add_bias(part, slice(bias, position), p, terms);
    for (std::int64_t n = 0; n < at.x.shape[0]; ++n)
      for (std::int64_t f = 0; f < at.filters; ++f) {
        y.value[(n * at.positions + position) * at.filters + f] = part.value[n * at.filters + f];
        y.bound[(n * at.positions + position) * at.filters + f] = part.bound[n * at.filters + f];
      }
  }
  LayerCall plain = call;
  plain.config["use_bias"] = false;
  return finish_conv(plain, std::move(y), spatial, terms);
}

Bounded one(const LayerCall& call) { return locally_connected(call, 1); }
Bounded two(const LayerCall& call) { return locally_connected(call, 2); }

const LayerRegistrar registrars[] = {
    {"LocallyConnected1D", &checked<one>},
    {"LocallyConnected2D", &checked<two>},
};

}  // namespace
}  // namespace kerasan::reference
