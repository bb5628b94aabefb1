// The walk over what windows cover: each window's elements are one row of a matrix.
#pragma once

#include <algorithm>

#include "reference/ops/conv.h"

namespace kerasan::reference {

// Of channels [first, first + count) of x [n, d, h, w, c], images [image, image + images).
struct PatchRange {
  const Shape& x;
  const Windows& windows;
  std::int64_t first, count;
  std::int64_t image, images;

  std::int64_t positions() const {  // windows of an image
    return windows.planes.outputs * windows.rows.outputs * windows.columns.outputs;
  }
  std::int64_t length() const {
    return windows.planes.size * windows.rows.size * windows.columns.size * count;
  }
};

// Calls run(from, to, many) for each `many` elements that lie side by side both in x, at `from`,
// and in the rows [images * positions, length], at `to`; never for what lies outside of x.
template <class Run>
void walk_patches(const PatchRange& range, Run run) {
  const Shape& x = range.x;
  const Windows& w = range.windows;
  const std::int64_t channels = x[4], width = x[3], count = range.count;
  // Neighbours along the last axis lie side by side where all channels are taken.
  const bool joined = w.columns.dilation == 1 && count == channels;
  std::int64_t to = 0;
  const auto line = [&](std::int64_t at, std::int64_t j) {
    if (joined) {
      const std::int64_t begin = w.columns.at(j, 0);
      const std::int64_t skipped = std::clamp<std::int64_t>(-begin, 0, w.columns.size);
      const std::int64_t end = std::min(begin + w.columns.size, width);
      if (end > begin + skipped)
        run((at + begin + skipped) * channels, to + skipped * channels,
            (end - begin - skipped) * channels);
      return;
    }
    for (std::int64_t b = 0; b < w.columns.size; ++b)
      if (const std::int64_t column = w.columns.at(j, b); column >= 0 && column < width)
        run((at + column) * channels + range.first, to + b * count, count);
  };
  for (std::int64_t n = range.image; n < range.image + range.images; ++n)
    for (std::int64_t h = 0; h < w.planes.outputs; ++h)
      for (std::int64_t i = 0; i < w.rows.outputs; ++i)
        for (std::int64_t j = 0; j < w.columns.outputs; ++j)
          for (std::int64_t q = 0; q < w.planes.size; ++q)
            for (std::int64_t a = 0; a < w.rows.size; ++a) {
              const std::int64_t plane = w.planes.at(h, q), row = w.rows.at(i, a);
              if (plane >= 0 && plane < x[1] && row >= 0 && row < x[2])
                line(((n * x[1] + plane) * x[2] + row) * width, j);
              to += w.columns.size * count;
            }
}

// As many images at a time as keep rows and products in the second-level cache.
inline std::int64_t images_at_once(const PatchRange& range) {
  constexpr std::int64_t kElements = std::int64_t{1} << 15;
  return std::max<std::int64_t>(
      1, kElements / std::max<std::int64_t>(1, range.positions() * range.length()));
}

}  // namespace kerasan::reference
