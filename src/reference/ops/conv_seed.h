// The derivative by the sums of a convolution, a block of rows at a time: what is made of them
// stays in the cache.
#pragma once

#include <cmath>
#include <memory>
#include <vector>

#include "reference/bounded.h"
#include "reference/ops/gemm.h"
#include "reference/ops/lines.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

struct ConvSeed {
  const Bounded& outer;  // [rows, width], whatever its shape
  std::size_t width;
  Precision p;
  // What max(., 0) gave for those sums, where it follows them: then `outer` is the derivative by
  // that. nullptr: nothing follows.
  const Bounded* rectified = nullptr;

  // A power of two with which of_value |seed| + of_bound bound(seed) is below 2.
  double scale(double of_value, double of_bound) const {
    if (rectified != nullptr)  // the bound grows by half the value where the sign is not known
      of_value += 0.6 * of_bound, of_bound *= 1.1;
    const double most =
        lines::largest(outer.value.data(), outer.bound.data(), outer.size(), of_value, of_bound);
    return most > 0 ? std::ldexp(1.0, std::ilogb(most + of_bound * p.tiny)) : 1;
  }
};

// Rows [first, first + count) of it.
class SeedBlock {
 public:
  SeedBlock(const ConvSeed& seed, std::size_t most_rows) : seed_(seed) {
    if (seed.rectified == nullptr) return;
    value_ = std::make_unique_for_overwrite<double[]>(most_rows * seed.width);
    bound_ = std::make_unique_for_overwrite<double[]>(most_rows * seed.width);
  }
  void load(std::size_t first, std::size_t count) {
    const std::size_t at = first * seed_.width;
    size_ = count * seed_.width;
    value = seed_.outer.value.data() + at, bound = seed_.outer.bound.data() + at;
    if (seed_.rectified == nullptr) return;
    lines::rectify_reverse({value_.get(), bound_.get(), size_}, seed_.rectified->value.data() + at,
                           seed_.rectified->bound.data() + at, value, bound, seed_.p.u,
                           seed_.p.tiny);
    value = value_.get(), bound = bound_.get();
  }
  // of_value |seed| + of_bound bound(seed) over the scale, no smaller than it was.
  void sizes(float* to, double of_value, double of_bound, double scale) const {
    lines::sizes(to, value, bound, size_, of_value, of_bound, kRoundedUp / scale);
  }
  std::size_t size() const { return size_; }

  const double *value = nullptr, *bound = nullptr;

 private:
  const ConvSeed& seed_;
  std::size_t size_ = 0;
  std::unique_ptr<double[]> value_, bound_;
};

}  // namespace kerasan::reference
