// LocallyConnected1D and LocallyConnected2D: a convolution with a kernel of its own at each
// position. The kernel is kept by position (implementation 1), or as one matrix from all inputs to
// all outputs of which only the entries within a window count (implementation 2).
#include <algorithm>
#include <numeric>

#include "reference/ops/config.h"
#include "reference/ops/conv.h"
#include "reference/ops/conv_reverse.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"
#include "reference/ops/reverse.h"
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

// Where each element of the kernels of all positions, [positions, rows * columns * c, filters], is
// in the large matrix [height, width, c, output rows, output columns, filters].
std::vector<std::size_t> places_in_matrix(const Bounded& matrix, const Layout& at) {
  const Windows& w = at.windows;
  const std::int64_t height = at.x.shape[1], width = at.x.shape[2], depth = at.x.shape[3];
  const std::int64_t terms = w.rows.size * w.columns.size * depth;
  const double entries = double(height * width * depth) * double(at.positions * at.filters);
  require(double(matrix.size()) == entries, "kernel of unexpected size");
  std::vector<std::size_t> from;
  from.reserve(std::size_t(at.positions * terms * at.filters));
  for (std::int64_t position = 0; position < at.positions; ++position)
    for (std::int64_t term = 0; term < terms; ++term) {
      const std::int64_t row =
          w.rows.at(position / w.columns.outputs, term / depth / w.columns.size);
      const std::int64_t column =
          w.columns.at(position % w.columns.outputs, term / depth % w.columns.size);
      const std::int64_t input = ((row * width + column) * depth + term % depth) * at.positions;
      for (std::int64_t f = 0; f < at.filters; ++f)
        from.push_back(std::size_t((input + position) * at.filters + f));
    }
  return from;
}

std::int64_t terms_of(const Layout& at) {
  return at.windows.rows.size * at.windows.columns.size * at.x.shape[3];
}

// The same order, or the elements of the matrix that count.
std::vector<std::size_t> places_of(const LayerCall& call, const Layout& at) {
  const Bounded& kernel = get_weight(call, "kernel");
  const int implementation = int(get_number(call.config, "implementation", 1));
  if (implementation == 2) return places_in_matrix(kernel, at);
  require(implementation == 1, "the order of its sparse kernel is not documented");
  require(double(kernel.size()) == double(at.positions) * double(terms_of(at) * at.filters),
          "kernel of unexpected size");
  std::vector<std::size_t> from(kernel.size());
  std::iota(from.begin(), from.end(), 0);
  return from;
}

Bounded kernels_of(const LayerCall& call, const Layout& at) {
  const Bounded& kernel = get_weight(call, "kernel");
  const std::vector<std::size_t> from = places_of(call, at);
  Bounded out(Shape{at.positions, terms_of(at), at.filters});
  for (std::size_t i = 0; i < from.size(); ++i)
    out.value[i] = kernel.value[from[i]], out.bound[i] = kernel.bound[from[i]];
  return out;
}

// Before the activation.
Bounded sums_of(const LayerCall& call, const Layout& at) {
  const Precision p = precision_of(call);
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
  return y;
}

LayerCall without_bias(const LayerCall& call) {
  LayerCall plain = call;
  plain.config["use_bias"] = false;
  return plain;
}

Bounded locally_connected(const LayerCall& call, std::size_t spatial) {
  const Layout at = layout_of(call, spatial);
  return finish_conv(without_bias(call), sums_of(call, at), spatial, double(terms_of(at)));
}

// Rows of one position, [n, filters], of [n, rows, columns, filters].
Bounded position_of(const Bounded& y, const Layout& at, std::int64_t position) {
  Bounded out(Shape{y.shape[0], at.filters});
  for (std::int64_t n = 0; n < y.shape[0]; ++n)
    for (std::int64_t f = 0; f < at.filters; ++f) {
      const auto from = std::size_t((n * at.positions + position) * at.filters + f),
                 to = std::size_t(n * at.filters + f);
      out.value[to] = y.value[from], out.bound[to] = y.bound[from];
    }
  return out;
}

// The sum of what windows that overlap give to each element of x.
class InputSum {
 public:
  explicit InputSum(const Layout& at)
      : at_(at), sum_(at.x.shape), size_(sum_.size()), count_(sum_.size()) {}
  // by: [n, rows * columns * c] of one window.
  void add(const Bounded& by, std::int64_t i, std::int64_t j) {
    const Windows& w = at_.windows;
    const Shape& x = at_.x.shape;
    std::size_t k = 0;
    for (std::int64_t n = 0; n < x[0]; ++n)
      for (std::int64_t r = 0; r < w.rows.size; ++r)
        for (std::int64_t c = 0; c < w.columns.size; ++c)
          for (std::int64_t d = 0; d < x[3]; ++d, ++k) {
            const auto to =
                std::size_t(((n * x[1] + w.rows.at(i, r)) * x[2] + w.columns.at(j, c)) * x[3] + d);
            sum_.value[to] += by.value[k];
            sum_.bound[to] += by.bound[k];
            size_[to] += std::fabs(by.value[k]) + by.bound[k];
            count_[to] += 1;
          }
  }
  Bounded finish(Precision p) && {
    for (std::size_t i = 0; i < size_.size(); ++i)
      if (count_[i] > 1) sum_.bound[i] += gamma(count_[i], p) * size_[i];
    return std::move(sum_);
  }

 private:
  const Layout& at_;
  Bounded sum_;
  std::vector<double> size_, count_;
};

LayerGradient locally_reverse(const LayerCall& call, const Bounded& seed, std::size_t spatial) {
  const Precision p = precision_of(call);
  const Layout at = layout_of(call, spatial);
  const Windows& w = at.windows;
  const Bounded kernels = kernels_of(call, at);
  const std::vector<std::size_t> places = places_of(call, at);
  LayerGradient out = gradient_by_input(call, {});
  const LayerCall plain = without_bias(call);
  const Summed sum{[&] { return sums_of(call, at); }, double(terms_of(at))};
  const Bounded inner = finish_conv_reverse(plain, sum, seed, spatial, out);
  InputSum by_input(at);
  Bounded by_kernel(get_weight(call, "kernel").shape), by_bias(Shape{at.positions, at.filters});
  const std::size_t size = std::size_t(terms_of(at) * at.filters);
  for (std::int64_t position = 0; position < at.positions; ++position) {
    const std::int64_t i = position / w.columns.outputs, j = position % w.columns.outputs;
    const Bounded own = position_of(inner, at, position), of_bias = sum_rows(own, p);
    by_input.add(matmul_by_input(own, slice(kernels, position), p), i, j);
    const Bounded part = matmul_by_weight(window_at(at.x, w, i, j), own, p);
    for (std::size_t k = 0; k < size; ++k) {
      const std::size_t to = places[std::size_t(position) * size + k];
      by_kernel.value[to] = part.value[k], by_kernel.bound[to] = part.bound[k];
    }
    for (std::size_t f = 0; f < of_bias.size(); ++f) {
      const std::size_t to = std::size_t(position) * of_bias.size() + f;
      by_bias.value[to] = of_bias.value[f], by_bias.bound[to] = of_bias.bound[f];
    }
  }
  out.inputs[0] = std::move(by_input).finish(p);
  out.inputs[0].shape = call.inputs[0].shape;
  set_gradient(out, call, "kernel", std::move(by_kernel));
  if (get_flag(call.config, "use_bias", true)) set_gradient(out, call, "bias", std::move(by_bias));
  return out;
}

Bounded one(const LayerCall& call) { return locally_connected(call, 1); }
Bounded two(const LayerCall& call) { return locally_connected(call, 2); }

LayerGradient one_reverse(const LayerCall& call, const Bounded& seed) {
  return locally_reverse(call, seed, 1);
}
LayerGradient two_reverse(const LayerCall& call, const Bounded& seed) {
  return locally_reverse(call, seed, 2);
}

const LayerGradientRegistrar reverse[] = {
    {"LocallyConnected1D", &reversed<one_reverse>},
    {"LocallyConnected2D", &reversed<two_reverse>},
};

const LayerRegistrar registrars[] = {
    {"LocallyConnected1D", &checked<one>},
    {"LocallyConnected2D", &checked<two>},
};

}  // namespace
}  // namespace kerasan::reference
