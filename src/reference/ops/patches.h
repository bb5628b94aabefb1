// The walk over what windows cover: each window's elements are one row of a matrix.
#pragma once

#include <algorithm>
#include <memory>

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

// Whether some window reaches out of x, where its elements are not walked over.
inline bool has_padding(const PatchRange& range) {
  const auto reaches = [](const Window& w, std::int64_t size) {
    return w.outputs > 0 && (w.at(0, 0) < 0 || w.at(w.outputs - 1, w.size - 1) >= size);
  };
  return reaches(range.windows.planes, range.x[1]) || reaches(range.windows.rows, range.x[2]) ||
         reaches(range.windows.columns, range.x[3]);
}

// Rows for a block of images; zero where they may be padding, and so in the next block.
template <class Number>
std::unique_ptr<Number[]> rows_of_block(std::size_t size, bool padded) {
  return padded ? std::make_unique<Number[]>(size) : std::make_unique_for_overwrite<Number[]>(size);
}

// So many images for one core: whole blocks, and the same on any number of cores.
inline std::size_t images_of_piece(const PatchRange& range) {
  constexpr std::int64_t kPieces = 8;
  const std::int64_t block = images_at_once(range), share = (range.x[0] + kPieces - 1) / kPieces;
  return std::size_t(std::max<std::int64_t>(1, (share + block - 1) / block) * block);
}

}  // namespace kerasan::reference
