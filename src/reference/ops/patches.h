// The walk over what windows cover: each window's elements are one row of a matrix.
#pragma once

#include <algorithm>
#include <memory>

#include "reference/ops/conv.h"

namespace kerasan::reference {

// Of channels [first, first + count) of x [n, d, h, w, c], the windows of some lines: those of one
// place along planes and rows, of one image after the other.
struct PatchRange {
  const Shape& x;
  const Windows& windows;
  std::int64_t first, count;
  std::int64_t line, lines;

  std::int64_t lines_of_image() const { return windows.planes.outputs * windows.rows.outputs; }
  std::int64_t of_line() const { return windows.columns.outputs; }
  std::int64_t length() const {
    return windows.planes.size * windows.rows.size * windows.columns.size * count;
  }
};

// Calls run(from, to, many) for each `many` elements that lie side by side both in x, at `from`,
// and in the rows [lines * of_line, length], at `to`; and pad(to, many) for what lies outside of x.
template <class Run, class Pad>
void walk_patches(const PatchRange& range, Run run, Pad pad) {
  const Shape& x = range.x;
  const Windows& w = range.windows;
  const std::int64_t channels = x[4], width = x[3], count = range.count;
  // Neighbours along the last axis lie side by side where all channels are taken.
  const bool joined = w.columns.dilation == 1 && count == channels;
  std::int64_t to = 0;
  const auto fill = [&](std::int64_t begin, std::int64_t end) {
    if (end > begin) pad(to + begin * count, (end - begin) * count);
  };
  const auto row_of_window = [&](std::int64_t at, std::int64_t j) {
    if (joined) {
      const std::int64_t begin = w.columns.at(j, 0), size = w.columns.size;
      const std::int64_t low = std::clamp<std::int64_t>(-begin, 0, size),
                         high = std::clamp<std::int64_t>(width - begin, low, size);
      fill(0, low);
      if (high > low)
        run((at + begin + low) * channels, to + low * channels, (high - low) * channels);
      fill(high, size);
      return;
    }
    for (std::int64_t b = 0; b < w.columns.size; ++b) {
      const std::int64_t column = w.columns.at(j, b);
      if (column >= 0 && column < width)
        run((at + column) * channels + range.first, to + b * count, count);
      else
        fill(b, b + 1);
    }
  };
  for (std::int64_t line = range.line; line < range.line + range.lines; ++line) {
    const std::int64_t n = line / range.lines_of_image(), within = line % range.lines_of_image();
    const std::int64_t h = within / w.rows.outputs, i = within % w.rows.outputs;
    for (std::int64_t j = 0; j < w.columns.outputs; ++j)
      for (std::int64_t q = 0; q < w.planes.size; ++q)
        for (std::int64_t a = 0; a < w.rows.size; ++a) {
          const std::int64_t plane = w.planes.at(h, q), row = w.rows.at(i, a);
          if (plane >= 0 && plane < x[1] && row >= 0 && row < x[2])
            row_of_window(((n * x[1] + plane) * x[2] + row) * width, j);
          else
            fill(0, w.columns.size);
          to += w.columns.size * count;
        }
  }
}

// Without what lies outside.
template <class Run>
void walk_patches(const PatchRange& range, Run run) {
  walk_patches(range, run, [](std::int64_t, std::int64_t) {});
}

// As many lines at a time as keep rows and products in the second-level cache.
inline std::int64_t lines_at_once(const PatchRange& range) {
  constexpr std::int64_t kElements = std::int64_t{1} << 14;
  return std::max<std::int64_t>(
      1, kElements / std::max<std::int64_t>(1, range.of_line() * range.length()));
}

// Calls run(range, first window) for so many lines of the images [begin, end) at a time.
template <class Run>
void for_blocks(const PatchRange& all, std::size_t begin, std::size_t end, std::size_t block,
                const Run& run) {
  const auto lines = std::size_t(all.lines_of_image());
  for (std::size_t line = begin * lines; line < end * lines; line += block) {
    PatchRange range = all;
    range.line = std::int64_t(line);
    range.lines = std::int64_t(std::min(block, end * lines - line));
    run(range, line * std::size_t(all.of_line()));
  }
}

// So many images for one core, the same on any number of cores.
inline std::size_t images_of_piece(const PatchRange& range) {
  constexpr std::int64_t kPieces = 8;
  return std::size_t(std::max<std::int64_t>(1, (range.x[0] + kPieces - 1) / kPieces));
}

}  // namespace kerasan::reference
