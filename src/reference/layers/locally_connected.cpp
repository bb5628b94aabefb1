// LocallyConnected1D and LocallyConnected2D: a convolution with a kernel of its own at each
// position.
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

Bounded locally_connected(const LayerCall& call, std::size_t spatial) {
  require(int(get_number(call.config, "implementation", 1)) == 1, "implementation 2 or 3");
  require(get_text(call.config, "padding", "valid") == "valid", "padding same");
  require(!channels_first(call.config), "channels_first");
  const Precision p = precision_of(call);
  const Bounded x = to_image(call.inputs[0], spatial, false);
  const Bounded& kernel = get_weight(call, "kernel");  // [positions..., window * c, filters]
  const Ints size = get_ints(call.config, "kernel_size", spatial, Ints());
  const Windows w = make_windows(call, x, spatial, size);
  const std::int64_t positions = w.rows.outputs * w.columns.outputs;
  require(kernel.shape.size() >= 2 && positions > 0, "kernel of unexpected rank");
  const std::int64_t filters = kernel.shape.back();
  const std::int64_t terms = kernel.shape[kernel.shape.size() - 2];
  const Bounded kernels = reshape(kernel, {positions, terms, filters});
  const bool biased = get_flag(call.config, "use_bias", true);
  const Bounded bias = biased ? reshape(get_weight(call, "bias"), {positions, filters}) : Bounded();
  Bounded y(Shape{x.shape[0], w.rows.outputs, w.columns.outputs, filters});
  for (std::int64_t at = 0; at < positions; ++at) {
    Bounded part = matmul(window_at(x, w, at / w.columns.outputs, at % w.columns.outputs),
                          slice(kernels, at), p);
    if (biased) add_bias(part, slice(bias, at), p, double(terms));
    for (std::int64_t n = 0; n < x.shape[0]; ++n)
      for (std::int64_t f = 0; f < filters; ++f) {
        y.value[(n * positions + at) * filters + f] = part.value[n * filters + f];
        y.bound[(n * positions + at) * filters + f] = part.bound[n * filters + f];
      }
  }
  LayerCall plain = call;
  plain.config["use_bias"] = false;
  return finish_conv(plain, std::move(y), spatial, double(terms));
}

Bounded one(const LayerCall& call) { return locally_connected(call, 1); }
Bounded two(const LayerCall& call) { return locally_connected(call, 2); }

const LayerRegistrar registrars[] = {
    {"LocallyConnected1D", &checked<one>},
    {"LocallyConnected2D", &checked<two>},
};

}  // namespace
}  // namespace kerasan::reference
