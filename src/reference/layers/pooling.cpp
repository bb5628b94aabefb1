// Max and average pooling, over windows and over all positions.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/pieces.h"
#include "reference/ops/config.h"
#include "reference/ops/conv.h"
#include "reference/ops/guard.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// The channels of one output position, while its window is gone through.
class Pool {
 public:
  // Sets `value` and `bound`, [channels] each.
  Pool(bool average, Precision p, std::size_t channels)
      : average_(average), p_(p), size_(channels) {}

  void begin(double* value, double* bound) {
    value_ = value, bound_ = bound, count_ = 0;
    std::fill(size_.begin(), size_.end(), 0.0);
    std::fill_n(value, size_.size(), average_ ? 0.0 : -std::numeric_limits<double>::infinity());
    std::fill_n(bound, size_.size(), 0.0);
  }
  void take(const double* value, const double* bound) {
    ++count_;
    average_ ? add(value, bound) : exceed(value, bound);
  }
  void end() {
    if (!average_) return;
    const double g = gamma(count_ + 2, p_);
    for (std::size_t c = 0; c < size_.size(); ++c) {
      bound_[c] = (g * size_[c] + bound_[c]) / count_ + p_.tiny;
      value_[c] /= count_;
    }
  }

 private:
  void add(const double* value, const double* bound) {
    for (std::size_t c = 0; c < size_.size(); ++c) {
      value_[c] += value[c];
      bound_[c] += bound[c];
      size_[c] += std::fabs(value[c]);
    }
  }
  void exceed(const double* value, const double* bound) {
    for (std::size_t c = 0; c < size_.size(); ++c) {
      value_[c] = std::max(value_[c], value[c]);
      bound_[c] = std::max(bound_[c], bound[c]);
    }
  }

  bool average_;
  Precision p_;
  std::vector<double> size_;  // sums of magnitudes
  double* value_ = nullptr;
  double* bound_ = nullptr;
  double count_ = 0;
};

// Calls visit(element) for each element of a window; padding takes no part, neither in the maximum
// nor in the count of the mean.
template <class Visit>
void visit_window(const Shape& x, const Windows& w, const std::array<std::int64_t, 3>& position,
                  Visit visit) {
  for (std::int64_t q = 0; q < w.planes.size; ++q)
    for (std::int64_t a = 0; a < w.rows.size; ++a)
      for (std::int64_t b = 0; b < w.columns.size; ++b) {
        const std::int64_t plane = w.planes.at(position[0], q), row = w.rows.at(position[1], a);
        const std::int64_t column = w.columns.at(position[2], b);
        const bool inside =
            plane >= 0 && plane < x[1] && row >= 0 && row < x[2] && column >= 0 && column < x[3];
        if (inside) visit((plane * x[2] + row) * x[3] + column);
      }
}

Bounded pool_volume(const Volume& x, const Windows& w, bool average, Precision p) {
  const std::int64_t channels = x.shape[4];
  const std::int64_t positions = x.shape[1] * x.shape[2] * x.shape[3];
  Bounded y(Shape{x.shape[0], w.planes.outputs, w.rows.outputs, w.columns.outputs, channels});
  const auto each = std::int64_t(y.size()) / std::max<std::int64_t>(1, x.shape[0]);
  for_pieces(std::size_t(x.shape[0]), 4, [&](std::size_t begin, std::size_t end) {
    Pool pool(average, p, static_cast<std::size_t>(channels));
    std::int64_t to = std::int64_t(begin) * each;
    for (auto n = std::int64_t(begin); n < std::int64_t(end); ++n)
      for (std::int64_t h = 0; h < w.planes.outputs; ++h)
        for (std::int64_t i = 0; i < w.rows.outputs; ++i)
          for (std::int64_t j = 0; j < w.columns.outputs; ++j, to += channels) {
            pool.begin(&y.value[to], &y.bound[to]);
            visit_window(x.shape, w, {h, i, j}, [&](std::int64_t at) {
              const std::int64_t from = (n * positions + at) * channels;
              pool.take(&x.data.value[from], &x.data.bound[from]);
            });
            pool.end();
          }
  });
  return y;
}

template <bool kAverage, std::size_t kSpatial>
Bounded pooling(const LayerCall& call) {
  const bool first = channels_first(call.config);
  const InputVolume input(call, kSpatial);
  const Volume& x = input.volume();
  const Ints size = get_ints(call.config, "pool_size", kSpatial, Ints(kSpatial, 2));
  const Windows windows = make_windows(call, x.shape, kSpatial, size);
  return from_volume(pool_volume(x, windows, kAverage, precision_of(call)), kSpatial, first);
}

template <bool kAverage, std::size_t kSpatial>
Bounded global_pooling(const LayerCall& call) {
  const bool first = channels_first(call.config);
  const Bounded x = to_volume(call.inputs[0], kSpatial, first);
  const bool masked = kAverage && kSpatial == 1 && !call.masks.empty() && call.masks[0];
  const std::int64_t positions = x.shape[1] * x.shape[2] * x.shape[3], channels = x.shape[4];
  require(positions > 0, "no positions");
  if (masked) {
    require(call.masks[0]->size() == std::size_t(x.shape[0] * positions), "mask of another shape");
    require(!first, "a mask with channels_first");
  }
  Bounded y(Shape{x.shape[0], channels});
  Pool pool(kAverage, precision_of(call), static_cast<std::size_t>(channels));
  for (std::int64_t n = 0; n < x.shape[0]; ++n) {
    pool.begin(&y.value[n * channels], &y.bound[n * channels]);
    for (std::int64_t at = n * positions; at < (n + 1) * positions; ++at)
      if (!masked || call.masks[0]->value[at] != 0)
        pool.take(&x.value[at * channels], &x.bound[at * channels]);
    pool.end();
  }
  if (!get_flag(call.config, "keepdims", false)) return y;
  y.shape.insert(first ? y.shape.end() : y.shape.begin() + 1, kSpatial, 1);
  return y;
}

// Output position i of m covers the elements from floor(i n / m) up to ceil((i + 1) n / m): windows
// that cover the axis evenly, of one size or of two neighbouring ones.
template <bool kAverage, std::size_t kSpatial>
Bounded adaptive_pooling(const LayerCall& call) {
  const bool first = channels_first(call.config);
  const Bounded x = to_volume(call.inputs[0], kSpatial, first);
  Ints size = get_ints(call.config, "output_size", kSpatial, Ints());
  require(!size.empty(), "no output_size");
  size.insert(size.begin(), 3 - kSpatial, 1);
  const std::int64_t batch = x.shape[0], channels = x.shape[4];
  Bounded y(Shape{batch, size[0], size[1], size[2], channels});
  Pool pool(kAverage, precision_of(call), static_cast<std::size_t>(channels));
  const auto range = [&](std::size_t axis, std::int64_t i) {
    const std::int64_t n = x.shape[axis + 1], m = size[axis];
    return std::pair(i * n / m, ((i + 1) * n + m - 1) / m);
  };
  std::int64_t to = 0;
  for (std::int64_t n = 0; n < batch; ++n)
    for (std::int64_t h = 0; h < size[0]; ++h)
      for (std::int64_t i = 0; i < size[1]; ++i)
        for (std::int64_t j = 0; j < size[2]; ++j, to += channels) {
          pool.begin(&y.value[to], &y.bound[to]);
          const auto planes = range(0, h), rows = range(1, i), columns = range(2, j);
          for (std::int64_t q = planes.first; q < planes.second; ++q)
            for (std::int64_t a = rows.first; a < rows.second; ++a)
              for (std::int64_t b = columns.first; b < columns.second; ++b) {
                const std::int64_t at = ((n * x.shape[1] + q) * x.shape[2] + a) * x.shape[3] + b;
                pool.take(&x.value[at * channels], &x.bound[at * channels]);
              }
          pool.end();
        }
  return from_volume(std::move(y), kSpatial, first);
}

const LayerRegistrar registrars[] = {
    {"MaxPooling1D", &checked<pooling<false, 1>>},
    {"MaxPooling2D", &checked<pooling<false, 2>>},
    {"AveragePooling1D", &checked<pooling<true, 1>>},
    {"AveragePooling2D", &checked<pooling<true, 2>>},
    {"GlobalMaxPooling1D", &checked<global_pooling<false, 1>>},
    {"GlobalMaxPooling2D", &checked<global_pooling<false, 2>>},
    {"GlobalAveragePooling1D", &checked<global_pooling<true, 1>>},
    {"GlobalAveragePooling2D", &checked<global_pooling<true, 2>>},
    {"MaxPooling3D", &checked<pooling<false, 3>>},
    {"GlobalMaxPooling3D", &checked<global_pooling<false, 3>>},
    {"AveragePooling3D", &checked<pooling<true, 3>>},
    {"GlobalAveragePooling3D", &checked<global_pooling<true, 3>>},
    {"AdaptiveMaxPooling1D", &checked<adaptive_pooling<false, 1>>},
    {"AdaptiveAveragePooling1D", &checked<adaptive_pooling<true, 1>>},
    {"AdaptiveMaxPooling2D", &checked<adaptive_pooling<false, 2>>},
    {"AdaptiveAveragePooling2D", &checked<adaptive_pooling<true, 2>>},
    {"AdaptiveMaxPooling3D", &checked<adaptive_pooling<false, 3>>},
    {"AdaptiveAveragePooling3D", &checked<adaptive_pooling<true, 3>>},
};

}  // namespace
}  // namespace kerasan::reference
