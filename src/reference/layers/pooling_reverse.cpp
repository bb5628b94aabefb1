// Derivatives of pooling: an average gives each element of its window a share, a maximum gives all
// to the largest.
#include <array>
#include <cmath>
#include <limits>

#include "reference/ops/config.h"
#include "reference/ops/conv.h"
#include "reference/ops/guard.h"
#include "reference/ops/reverse.h"

namespace kerasan::reference {
namespace {

// Gives back to the elements of one window what its outcome got. `from` are their positions.
class PoolReverse {
 public:
  PoolReverse(const Bounded& x, bool average, Precision p)
      : x_(x), average_(average), p_(p), sums_(x.shape), sizes_(x.size()), count_(x.size()) {}

  void give(const std::vector<std::int64_t>& from, const double* value, const double* bound) {
    const auto channels = std::size_t(x_.shape.back());
    for (std::size_t c = 0; c < channels; ++c) {
      const double v = value[c], d = bound[c];
      if (average_) {
        const double n = double(from.size());
        for (std::int64_t at : from)
          take(std::size_t(at) + c, v / n, d / n + 2 * p_.u * std::fabs(v) / n);
        continue;
      }
      // Whatever may be the largest may get all of it, or a share.
      double floor = -std::numeric_limits<double>::infinity();
      for (std::int64_t at : from)
        floor = std::max(floor, x_.value[std::size_t(at) + c] - x_.bound[std::size_t(at) + c]);
      std::size_t able = 0;
      const auto reaches = [&](std::int64_t at) {
        return x_.value[std::size_t(at) + c] + x_.bound[std::size_t(at) + c] >= floor;
      };
      for (std::int64_t at : from) able += reaches(at) ? 1 : 0;
      for (std::int64_t at : from)
        if (reaches(at))
          able == 1 ? take(std::size_t(at) + c, v, d)
                    : take(std::size_t(at) + c, v / 2, d + std::fabs(v) / 2);
    }
  }
  Bounded result() && {
    for (std::size_t i = 0; i < sums_.size(); ++i)
      if (count_[i] > 1) sums_.bound[i] += gamma(count_[i], p_.u) * sizes_[i];
    return std::move(sums_);
  }

 private:
  void take(std::size_t at, double v, double d) {
    sums_.value[at] += v;
    sums_.bound[at] += d;
    sizes_[at] += std::fabs(v) + d;
    count_[at] += 1;
  }
  const Bounded& x_;
  bool average_;
  Precision p_;
  Bounded sums_;
  std::vector<double> sizes_, count_;
};

// The elements of one axis in window i.
using Range = std::vector<std::int64_t>;
using Ranges = std::vector<Range>;  // by window

Ranges ranges_of(const Window& w, std::int64_t n) {
  Ranges out(static_cast<std::size_t>(w.outputs));
  for (std::int64_t i = 0; i < w.outputs; ++i)
    for (std::int64_t part = 0; part < w.size; ++part)
      if (const std::int64_t at = w.at(i, part); at >= 0 && at < n)
        out[std::size_t(i)].push_back(at);
  return out;
}

// From floor(i n / m) up to ceil((i + 1) n / m).
Ranges even_ranges(std::int64_t m, std::int64_t n) {
  Ranges out(static_cast<std::size_t>(m));
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t at = i * n / m; at < ((i + 1) * n + m - 1) / m; ++at)
      out[std::size_t(i)].push_back(at);
  return out;
}

Bounded give_back(const Bounded& x, const Bounded& seed, const std::array<Ranges, 3>& ranges,
                  bool average, Precision p) {
  const std::int64_t channels = x.shape[4];
  PoolReverse back(x, average, p);
  std::vector<std::int64_t> from;
  std::size_t at = 0;
  for (std::int64_t n = 0; n < x.shape[0]; ++n)
    for (const Range& planes : ranges[0])
      for (const Range& rows : ranges[1])
        for (const Range& columns : ranges[2]) {
          from.clear();
          for (std::int64_t q : planes)
            for (std::int64_t a : rows)
              for (std::int64_t b : columns)
                from.push_back((((n * x.shape[1] + q) * x.shape[2] + a) * x.shape[3] + b) *
                               channels);
          require(at + std::size_t(channels) <= seed.size(), "a derivative of another size");
          back.give(from, &seed.value[at], &seed.bound[at]);
          at += std::size_t(channels);
        }
  return std::move(back).result();
}

template <bool kAverage, std::size_t kSpatial>
LayerGradient pooling_reverse(const LayerCall& call, const Bounded& seed) {
  const bool first = channels_first(call.config);
  const Bounded x = to_volume(call.inputs[0], kSpatial, first);
  const Ints size = get_ints(call.config, "pool_size", kSpatial, Ints(kSpatial, 2));
  const Windows w = make_windows(call, x.shape, kSpatial, size);
  const std::array<Ranges, 3> ranges{ranges_of(w.planes, x.shape[1]), ranges_of(w.rows, x.shape[2]),
                                     ranges_of(w.columns, x.shape[3])};
  Bounded by = give_back(x, to_volume(seed, kSpatial, first), ranges, kAverage, precision_of(call));
  return gradient_by_input(call, from_volume(std::move(by), kSpatial, first));
}

template <bool kAverage, std::size_t kSpatial>
LayerGradient adaptive_reverse(const LayerCall& call, const Bounded& seed) {
  const bool first = channels_first(call.config);
  const Bounded x = to_volume(call.inputs[0], kSpatial, first);
  Ints size = get_ints(call.config, "output_size", kSpatial, Ints());
  require(!size.empty(), "no output_size");
  size.insert(size.begin(), 3 - kSpatial, 1);
  std::array<Ranges, 3> ranges;
  for (std::size_t i = 0; i < 3; ++i) ranges[i] = even_ranges(size[i], x.shape[i + 1]);
  Bounded by = give_back(x, to_volume(seed, kSpatial, first), ranges, kAverage, precision_of(call));
  return gradient_by_input(call, from_volume(std::move(by), kSpatial, first));
}

template <bool kAverage, std::size_t kSpatial>
LayerGradient global_reverse(const LayerCall& call, const Bounded& seed) {
  const bool first = channels_first(call.config);
  const Bounded x = to_volume(call.inputs[0], kSpatial, first);
  const bool masked = kAverage && kSpatial == 1 && !call.masks.empty() && call.masks[0];
  const std::int64_t positions = x.shape[1] * x.shape[2] * x.shape[3], channels = x.shape[4];
  require(!masked || call.masks[0]->size() == std::size_t(x.shape[0] * positions),
          "mask of another shape");
  PoolReverse back(x, kAverage, precision_of(call));
  std::vector<std::int64_t> from;
  for (std::int64_t n = 0; n < x.shape[0]; ++n) {
    from.clear();
    for (std::int64_t at = n * positions; at < (n + 1) * positions; ++at)
      if (!masked || call.masks[0]->value[std::size_t(at)] != 0) from.push_back(at * channels);
    back.give(from, &seed.value[std::size_t(n * channels)], &seed.bound[std::size_t(n * channels)]);
  }
  return gradient_by_input(call, from_volume(std::move(back).result(), kSpatial, first));
}

const LayerGradientRegistrar reverse[] = {
    {"MaxPooling1D", &reversed<pooling_reverse<false, 1>>},
    {"MaxPooling2D", &reversed<pooling_reverse<false, 2>>},
    {"MaxPooling3D", &reversed<pooling_reverse<false, 3>>},
    {"AveragePooling1D", &reversed<pooling_reverse<true, 1>>},
    {"AveragePooling2D", &reversed<pooling_reverse<true, 2>>},
    {"AveragePooling3D", &reversed<pooling_reverse<true, 3>>},
    {"GlobalMaxPooling1D", &reversed<global_reverse<false, 1>>},
    {"GlobalMaxPooling2D", &reversed<global_reverse<false, 2>>},
    {"GlobalMaxPooling3D", &reversed<global_reverse<false, 3>>},
    {"GlobalAveragePooling1D", &reversed<global_reverse<true, 1>>},
    {"GlobalAveragePooling2D", &reversed<global_reverse<true, 2>>},
    {"GlobalAveragePooling3D", &reversed<global_reverse<true, 3>>},
    {"AdaptiveMaxPooling1D", &reversed<adaptive_reverse<false, 1>>},
    {"AdaptiveMaxPooling2D", &reversed<adaptive_reverse<false, 2>>},
    {"AdaptiveMaxPooling3D", &reversed<adaptive_reverse<false, 3>>},
    {"AdaptiveAveragePooling1D", &reversed<adaptive_reverse<true, 1>>},
    {"AdaptiveAveragePooling2D", &reversed<adaptive_reverse<true, 2>>},
    {"AdaptiveAveragePooling3D", &reversed<adaptive_reverse<true, 3>>},
};

}  // namespace
}  // namespace kerasan::reference
