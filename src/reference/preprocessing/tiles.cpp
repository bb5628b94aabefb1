// Contrast-limited adaptive equalization (Zuiderveld 1994, Graphics Gems IV): each tile has a
// histogram, cut off at a limit, what was cut spread over all levels; its cumulative distribution
// maps the levels, and a pixel is between the maps of the tiles around it. In which unit the limit
// counts is not documented: a level must be one that some limit gives.
#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"
#include "reference/preprocessing/encode.h"
#include "reference/preprocessing/images.h"

namespace kerasan::reference {
namespace {

constexpr std::size_t kLevels = 256;

// For each level the least and the largest share that the map of one tile can give.
using Envelope = std::vector<Range>;

// How far from an even spread the sums are where what was cut off is spread in whole counts, as
// the article's program does it: what is left after as many for each level, one at every so many.
double uneven(double excess) {
  const double left = std::fmod(excess, double(kLevels));
  if (left < 1) return left;
  const double step = std::floor(double(kLevels) / left);
  return std::max(1.0, left - left * ((left - 1) * step + 1) / double(kLevels));
}

// The map is linear in the limit between whole numbers of pixels.
Envelope envelope_of(const std::vector<double>& histogram) {
  double most = 0, total = 0;
  for (double count : histogram) {
    most = std::max(most, count);
    total += count;
  }
  Envelope envelope(kLevels, Range{INFINITY, -INFINITY});
  for (double limit = 0; limit <= most; ++limit) {
    double excess = 0, sum = 0;
    for (double count : histogram) excess += std::max(0.0, count - limit);
    for (std::size_t v = 0; v < kLevels; ++v) {
      sum += std::min(histogram[v], limit) + excess / double(kLevels);
      envelope[v].low = std::min(envelope[v].low, (sum - uneven(excess)) / total);
      envelope[v].high = std::max(envelope[v].high, (sum + uneven(excess)) / total);
    }
  }
  return envelope;
}

struct Grid {
  std::int64_t rows, columns, height, width;  // tiles, and the pixels of one
};

Grid grid_of(const LayerCall& call, const Images& images) {
  const std::vector<double> size = get_numbers(call.config, "tile_grid_size");
  require(size.size() == 2 && size[0] >= 1 && size[1] >= 1, "tile_grid_size of unexpected form");
  Grid grid{std::int64_t(size[0]), std::int64_t(size[1]), 0, 0};
  require(images.height % grid.rows == 0 && images.width % grid.columns == 0,
          "tiles that reach beyond the image");
  grid.height = images.height / grid.rows;
  grid.width = images.width / grid.columns;
  require(grid.height > 0 && grid.width > 0 && grid.height * grid.width <= 4096,
          "tiles of unexpected size");
  return grid;
}

std::size_t level_of(const Range& range, double x) {
  const double level = (x - range.low) / range.width() * double(kLevels - 1);
  require(level >= 0 && level <= double(kLevels - 1), "the input is outside of value_range");
  require(std::fabs(level - std::round(level)) < 1e-3, "a pixel between two levels");
  return std::size_t(std::round(level));
}

PropertyResult judge_channel(const Images& images, const Range& range, const Grid& grid,
                             std::int64_t n, std::int64_t k) {
  const auto level = [&](std::int64_t r, std::int64_t c) {
    return level_of(range, images.x[images.at(n, r * images.width + c, k)]);
  };
  std::vector<Envelope> tiles;
  for (std::int64_t i = 0; i < grid.rows * grid.columns; ++i) {
    std::vector<double> histogram(kLevels, 0);
    for (std::int64_t r = 0; r < grid.height; ++r)
      for (std::int64_t c = 0; c < grid.width; ++c)
        ++histogram[level(i / grid.columns * grid.height + r, i % grid.columns * grid.width + c)];
    tiles.push_back(envelope_of(histogram));
  }
  const double slack = images.slack() + 2 * range.width() / double(kLevels - 1);
  for (std::int64_t r = 0; r < images.height; ++r)
    for (std::int64_t c = 0; c < images.width; ++c) {
      Range around{INFINITY, -INFINITY};
      for (std::int64_t i = r / grid.height - 1; i <= r / grid.height + 1; ++i)
        for (std::int64_t j = c / grid.width - 1; j <= c / grid.width + 1; ++j) {
          if (i < 0 || j < 0 || i >= grid.rows || j >= grid.columns) continue;
          const Range& one = tiles[std::size_t(i * grid.columns + j)][level(r, c)];
          around = {std::min(around.low, one.low), std::max(around.high, one.high)};
        }
      const double y = images.y[images.at(n, r * images.width + c, k)];
      const double low = range.low + range.width() * around.low - slack;
      const double high = range.low + range.width() * around.high + slack;
      if (y < low || y > high)
        return broken("gives a level that none of the tiles around it maps to", y,
                      y < low ? low : high, slack);
    }
  return kept();
}

PropertyResult equalized_by_tiles(const LayerCall& call) {
  const PropertyResult within = within_range(call);
  if (within.broken || within.not_checked) return within;
  const Images images = images_of(call);
  const Grid grid = grid_of(call, images);
  require(double(images.x.size()) * double(kLevels) <= 1e8, "too large to recompute");
  for (std::int64_t n = 0; n < images.n; ++n)
    for (std::int64_t k = 0; k < images.channels; ++k) {
      const PropertyResult one = judge_channel(images, value_range(call), grid, n, k);
      if (one.broken) return one;
    }
  return kept();
}

const PropertyRegistrar registrar{"ContrastLimitedAdaptiveHistogramEqualization",
                                  &equalized_by_tiles};

}  // namespace
}  // namespace kerasan::reference
