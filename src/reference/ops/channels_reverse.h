// The derivative of a normalisation of channels of the last axis, in two passes over the elements,
// some rows at a time: what is between stays in the cache.
#pragma once

#include "reference/ops/channels.h"

namespace kerasan::reference::channels {

// x, and the derivative by what x becomes.
struct Elements {
  const double *x, *x_bound, *seed, *seed_bound;
  std::size_t rows;
};

// How x is normalised and scaled, whatever it is shifted by then; the roundings of each operation.
struct Scaling {
  Normal normal;                                  // with a scale of 1 and a shift of 0
  const std::vector<double>*scale, *scale_bound;  // nullptr: by 1, which is no operation
  double u, tiny;
};

// Sums over a channel: of the seed and of the inner derivative, which is the seed times the scale,
// and of both times the normal element. A sum is off by a share `g` of its parts.
struct SlopeSums {
  Column seed, by_normal, inner, inner_by_normal;
  explicit SlopeSums(std::size_t channels)
      : seed(channels), by_normal(channels), inner(channels), inner_by_normal(channels) {}
};
SlopeSums slope_sums(const Elements& all, const Scaling& by, double g);

// (inner - mean - normal slope) inverse; without `own`, mean and slope are 0.
struct Slopes {
  Column mean, slope, inverse;
  bool own;
};
void slopes(lines::Line to, const Elements& all, const Scaling& by, const Slopes& of);

}  // namespace kerasan::reference::channels
