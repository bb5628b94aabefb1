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

// Collects all positions of one channel.
struct Pool {
  bool average;
  Precision p;
  double count = 0, sum = 0, size = 0, drift = 0;
  double peak = -std::numeric_limits<double>::infinity(), peak_drift = 0;

  void add(double v, double d) {
    count += 1;
    sum += v;
    size += std::fabs(v);
    drift += d;
    peak = std::max(peak, v);
    peak_drift = std::max(peak_drift, d);
  }
  double value() const { return average ? sum / count : peak; }
  double bound() const {
    return average ? (gamma(count + 2, p.u) * size + drift) / count + p.tiny : peak_drift;
  }
};

// The channels of one position, as far as its window has been seen.
struct Channels {
  double *value, *bound, *size;  // sum or maximum; bounds; sums of magnitudes
  std::int64_t count;
};

void take_maximum(const Channels& to, const double* value, const double* bound) {
  for (std::int64_t c = 0; c < to.count; ++c) {
    to.value[c] = std::max(to.value[c], value[c]);
    to.bound[c] = std::max(to.bound[c], bound[c]);
  }
}

void take_sum(const Channels& to, const double* value, const double* bound) {
  for (std::int64_t c = 0; c < to.count; ++c) {
    to.value[c] += value[c];
    to.bound[c] += bound[c];
    to.size[c] += std::fabs(value[c]);
  }
}

Bounded pool_image(const Bounded& x, const Windows& w, bool average, Precision p) {
  const std::int64_t height = x.shape[1], width = x.shape[2], channels = x.shape[3];
  Bounded y(Shape{x.shape[0], w.rows.outputs, w.columns.outputs, channels});
  if (!average) std::fill(y.value.begin(), y.value.end(), -std::numeric_limits<double>::infinity());
  std::vector<double> size(static_cast<std::size_t>(channels));
  std::int64_t to = 0;
  for (std::int64_t n = 0; n < x.shape[0]; ++n)
    for (std::int64_t i = 0; i < w.rows.outputs; ++i)
      for (std::int64_t j = 0; j < w.columns.outputs; ++j, to += channels) {
        const Channels out{&y.value[to], &y.bound[to], size.data(), channels};
        std::fill(size.begin(), size.end(), 0.0);
        double count = 0;
        for (std::int64_t a = 0; a < w.rows.size; ++a)
          for (std::int64_t b = 0; b < w.columns.size; ++b) {
            const std::int64_t row = i * w.rows.stride + a - w.rows.before;
            const std::int64_t column = j * w.columns.stride + b - w.columns.before;
            // Padding takes no part, neither in the maximum nor in the count of the mean.
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            const std::int64_t from = ((n * height + row) * width + column) * channels;
            (average ? take_sum : take_maximum)(out, &x.value[from], &x.bound[from]);
            ++count;
          }
        if (!average) continue;
        const double g = gamma(count + 2, p.u);
        for (std::int64_t c = 0; c < channels; ++c) {
          out.bound[c] = (g * size[c] + out.bound[c]) / count + p.tiny;
          out.value[c] /= count;
        }
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
  for (std::int64_t i = 0; i < std::int64_t(y.size()); ++i) {
    Pool pool{kAverage, precision_of(call)};
    const std::int64_t n = i / channels, c = i % channels;
    for (std::int64_t at = n * positions; at < (n + 1) * positions; ++at)
      if (!masked || call.masks[0]->value[at] != 0)
        pool.add(x.value[at * channels + c], x.bound[at * channels + c]);
    y.value[i] = pool.value();
    y.bound[i] = pool.bound();
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
