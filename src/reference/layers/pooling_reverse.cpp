// Derivatives of pooling: an average gives each element of its window a share, a maximum gives all
// to the largest.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/pieces.h"
#include "reference/ops/config.h"
#include "reference/ops/conv.h"
#include "reference/ops/guard.h"
#include "reference/ops/lines.h"
#include "reference/ops/reverse.h"

namespace kerasan::reference {
namespace {

// One window: the positions of its elements, and by channel what the largest is at least and how
// many may be it.
struct Covered {
  std::vector<std::int64_t> from;
  std::vector<double> floor, able;
  std::vector<double> value, bound;  // what one of them gets
};

// Gives back to the elements of one window what its outcome got.
class PoolReverse {
 public:
  PoolReverse(const Volume& x, bool average, bool overlapping, Precision p)
      : x_(x.data),
        channels_(std::size_t(x.shape[4])),
        average_(average),
        p_(p),
        sums_(x.shape),
        sizes_(overlapping ? x_.size() : 0),
        count_(sizes_.size()) {}

  void give(Covered& window, const double* value, const double* bound) {
    average_ ? share(window, value, bound) : give_largest(window, value, bound);
  }
  Bounded result() && {
    for (std::size_t i = 0; i < count_.size(); ++i)
      if (count_[i] > 1) sums_.bound[i] += gamma(count_[i], p_) * sizes_[i];
    return std::move(sums_);
  }

 private:
  void share(const Covered& window, const double* value, const double* bound) {
    const double n = double(window.from.size());
    for (std::int64_t at : window.from)
      for (std::size_t c = 0; c < channels_; ++c)
        take(std::size_t(at) + c, value[c] / n, bound[c] / n + 2 * p_.u * std::fabs(value[c]) / n);
  }
  // Whatever may be the largest may get all of it, or a share.
  void give_largest(Covered& window, const double* value, const double* bound) {
    window.floor.assign(channels_, -std::numeric_limits<double>::infinity());
    window.able.assign(channels_, 0);
    window.value.resize(channels_), window.bound.resize(channels_);
    const auto x = [&](std::int64_t at) { return &x_.value[std::size_t(at)]; };
    const auto d = [&](std::int64_t at) { return &x_.bound[std::size_t(at)]; };
    for (std::int64_t at : window.from) lines::raise(window.floor.data(), x(at), d(at), channels_);
    for (std::int64_t at : window.from)
      lines::count_reaching(window.able.data(), window.floor.data(), x(at), d(at), channels_);
    for (std::int64_t at : window.from) {
      lines::give_to_reaching({window.value.data(), window.bound.data(), channels_},
                              window.able.data(), window.floor.data(), x(at), d(at), value, bound);
      for (std::size_t c = 0; c < channels_; ++c)
        take(std::size_t(at) + c, window.value[c], window.bound[c]);
    }
  }
  void take(std::size_t at, double v, double d) {
    sums_.value[at] += v;
    sums_.bound[at] += d;
    if (count_.empty()) return;
    sizes_[at] += std::fabs(v) + d;
    count_[at] += v != 0 || d != 0 ? 1 : 0;
  }
  const Bounded& x_;
  std::size_t channels_;
  bool average_;
  Precision p_;
  Bounded sums_;
  std::vector<double> sizes_, count_;  // only where windows overlap
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

// Whether an element is in two windows.
bool overlap(const Ranges& ranges) {
  for (std::size_t i = 1; i < ranges.size(); ++i)
    if (!ranges[i].empty() && !ranges[i - 1].empty() && ranges[i].front() <= ranges[i - 1].back())
      return true;
  return false;
}

Bounded give_back(const Volume& x, const Bounded& seed, const std::array<Ranges, 3>& ranges,
                  bool average, Precision p) {
  const std::int64_t channels = x.shape[4];
  PoolReverse back(x, average, std::ranges::any_of(ranges, overlap), p);
  const std::size_t each = ranges[0].size() * ranges[1].size() * ranges[2].size();
  require(seed.size() == std::size_t(x.shape[0] * channels) * each, "a derivative of another size");
  // The windows of an image cover nothing of another one.
  for_pieces(std::size_t(x.shape[0]), 4, [&](std::size_t begin, std::size_t end) {
    Covered window;
    std::size_t at = begin * each * std::size_t(channels);
    for (auto n = std::int64_t(begin); n < std::int64_t(end); ++n)
      for (const Range& planes : ranges[0])
        for (const Range& rows : ranges[1])
          for (const Range& columns : ranges[2]) {
            window.from.clear();
            for (std::int64_t q : planes)
              for (std::int64_t a : rows)
                for (std::int64_t b : columns)
                  window.from.push_back((((n * x.shape[1] + q) * x.shape[2] + a) * x.shape[3] + b) *
                                        channels);
            back.give(window, &seed.value[at], &seed.bound[at]);
            at += std::size_t(channels);
          }
  });
  return std::move(back).result();
}

template <bool kAverage, std::size_t kSpatial>
LayerGradient pooling_reverse(const LayerCall& call, const Bounded& seed) {
  const bool first = channels_first(call.config);
  const InputVolume input(call, kSpatial);
  const Volume& x = input.volume();
  const Ints size = get_ints(call.config, "pool_size", kSpatial, Ints(kSpatial, 2));
  const Windows w = make_windows(call, x.shape, kSpatial, size);
  const std::array<Ranges, 3> ranges{ranges_of(w.planes, x.shape[1]), ranges_of(w.rows, x.shape[2]),
                                     ranges_of(w.columns, x.shape[3])};
  Bounded by = give_back(x, InputVolume(call, seed, kSpatial).volume().data, ranges, kAverage,
                         precision_of(call));
  return gradient_by_input(call, from_volume(std::move(by), kSpatial, first));
}

template <bool kAverage, std::size_t kSpatial>
LayerGradient adaptive_reverse(const LayerCall& call, const Bounded& seed) {
  const bool first = channels_first(call.config);
  const InputVolume input(call, kSpatial);
  const Volume& x = input.volume();
  Ints size = get_ints(call.config, "output_size", kSpatial, Ints());
  require(!size.empty(), "no output_size");
  size.insert(size.begin(), 3 - kSpatial, 1);
  std::array<Ranges, 3> ranges;
  for (std::size_t i = 0; i < 3; ++i) ranges[i] = even_ranges(size[i], x.shape[i + 1]);
  Bounded by = give_back(x, InputVolume(call, seed, kSpatial).volume().data, ranges, kAverage,
                         precision_of(call));
  return gradient_by_input(call, from_volume(std::move(by), kSpatial, first));
}

template <bool kAverage, std::size_t kSpatial>
LayerGradient global_reverse(const LayerCall& call, const Bounded& seed) {
  const bool first = channels_first(call.config);
  const InputVolume input(call, kSpatial);
  const Volume& x = input.volume();
  const bool masked = kAverage && kSpatial == 1 && !call.masks.empty() && call.masks[0];
  const std::int64_t positions = x.shape[1] * x.shape[2] * x.shape[3], channels = x.shape[4];
  require(!masked || call.masks[0]->size() == std::size_t(x.shape[0] * positions),
          "mask of another shape");
  PoolReverse back(x, kAverage, false, precision_of(call));
  Covered window;
  for (std::int64_t n = 0; n < x.shape[0]; ++n) {
    window.from.clear();
    for (std::int64_t at = n * positions; at < (n + 1) * positions; ++at)
      if (!masked || call.masks[0]->value[std::size_t(at)] != 0)
        window.from.push_back(at * channels);
    back.give(window, &seed.value[std::size_t(n * channels)],
              &seed.bound[std::size_t(n * channels)]);
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
