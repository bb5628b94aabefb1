// Max and average pooling, over windows and over all positions.
#include <algorithm>
#include <cmath>
#include <limits>

#include "reference/ops/config.h"
#include "reference/ops/conv.h"
#include "reference/ops/guard.h"
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
    const double g = gamma(count_ + 2, p_.u);
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

Bounded pool_image(const Bounded& x, const Windows& w, bool average, Precision p) {
  const std::int64_t height = x.shape[1], width = x.shape[2], channels = x.shape[3];
  Bounded y(Shape{x.shape[0], w.rows.outputs, w.columns.outputs, channels});
  Pool pool(average, p, static_cast<std::size_t>(channels));
  std::int64_t to = 0;
  for (std::int64_t n = 0; n < x.shape[0]; ++n)
    for (std::int64_t i = 0; i < w.rows.outputs; ++i)
      for (std::int64_t j = 0; j < w.columns.outputs; ++j, to += channels) {
        pool.begin(&y.value[to], &y.bound[to]);
        for (std::int64_t a = 0; a < w.rows.size; ++a)
          for (std::int64_t b = 0; b < w.columns.size; ++b) {
            const std::int64_t row = i * w.rows.stride + a - w.rows.before;
            const std::int64_t column = j * w.columns.stride + b - w.columns.before;
            // Padding takes no part, neither in the maximum nor in the count of the mean.
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            const std::int64_t from = ((n * height + row) * width + column) * channels;
            pool.take(&x.value[from], &x.bound[from]);
          }
        pool.end();
      }
  return y;
}

template <bool kAverage, std::size_t kSpatial>
Bounded pooling(const LayerCall& call) {
  const bool first = channels_first(call.config);
  const Bounded x = to_image(call.inputs[0], kSpatial, first);
  const Ints size = get_ints(call.config, "pool_size", kSpatial, Ints(kSpatial, 2));
  const Windows windows = make_windows(call, x, kSpatial, size);
  return from_image(pool_image(x, windows, kAverage, precision_of(call)), kSpatial, first);
}

template <bool kAverage, std::size_t kSpatial>
Bounded global_pooling(const LayerCall& call) {
  const bool first = channels_first(call.config);
  const Bounded x = to_image(call.inputs[0], kSpatial, first);
  const bool masked = kAverage && kSpatial == 1 && !call.masks.empty() && call.masks[0];
  const std::int64_t positions = x.shape[1] * x.shape[2], channels = x.shape[3];
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

const LayerRegistrar registrars[] = {
    {"MaxPooling1D", &checked<pooling<false, 1>>},
    {"MaxPooling2D", &checked<pooling<false, 2>>},
    {"AveragePooling1D", &checked<pooling<true, 1>>},
    {"AveragePooling2D", &checked<pooling<true, 2>>},
    {"GlobalMaxPooling1D", &checked<global_pooling<false, 1>>},
    {"GlobalMaxPooling2D", &checked<global_pooling<false, 2>>},
    {"GlobalAveragePooling1D", &checked<global_pooling<true, 1>>},
    {"GlobalAveragePooling2D", &checked<global_pooling<true, 2>>},
};

}  // namespace
}  // namespace kerasan::reference
