// Blur and sharpness: inside of an image, one kernel for all pixels and channels, the same to the
// left and right, above and below, of sum 1. Which kernel it is, and what stands beyond the edges,
// is not documented.
#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"
#include "reference/preprocessing/common.h"
#include "reference/preprocessing/encode.h"
#include "reference/preprocessing/operations.h"

namespace kerasan::reference {
namespace {

using Row = std::vector<double>;

// Sum of squares that is left of `rows` (the last entry of each is what the others are to give)
// where the others are combined as well as can be: Gram and Schmidt, twice for each column.
double left_over(std::vector<Row> columns) {
  Row& target = columns.back();
  const auto dot = [](const Row& a, const Row& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  };
  const auto remove = [&](Row& from, const Row& direction) {
    const double along = dot(from, direction);
    for (std::size_t i = 0; i < from.size(); ++i) from[i] -= along * direction[i];
  };
  std::vector<Row> basis;
  for (std::size_t k = 0; k + 1 < columns.size(); ++k) {
    Row column = columns[k];
    const double before = std::sqrt(dot(column, column));
    for (int twice = 0; twice < 2; ++twice)
      for (const Row& direction : basis) remove(column, direction);
    const double size = std::sqrt(dot(column, column));
    if (size <= 1e-9 * before || size == 0) continue;
    for (double& v : column) v /= size;
    basis.push_back(std::move(column));
  }
  for (int twice = 0; twice < 2; ++twice)
    for (const Row& direction : basis) remove(target, direction);
  return dot(target, target);
}

// The pixels at (+-i, +-j) of one, less as many times the pixel itself.
double ring(const Images& images, std::int64_t n, std::int64_t r, std::int64_t c, std::int64_t k,
            std::int64_t i, std::int64_t j) {
  const auto x = [&](std::int64_t row, std::int64_t column) {
    return images.x[images.at(n, row * images.width + column, k)];
  };
  return x(r - i, c - j) + x(r - i, c + j) + x(r + i, c - j) + x(r + i, c + j) - 4 * x(r, c);
}

double kernel_slack(const Images& images) { return 4 * images.slack(); }

}  // namespace

double kernel_misfit(const Images& images, std::int64_t n, std::int64_t height, std::int64_t width,
                     const Range& range) {
  const double slack = kernel_slack(images);
  std::vector<Row> columns(std::size_t((height + 1) * (width + 1)));  // the last: the change
  for (std::int64_t r = height; r < images.height - height; ++r)
    for (std::int64_t c = width; c < images.width - width; ++c)
      for (std::int64_t k = 0; k < images.channels; ++k) {
        const std::size_t at = images.at(n, r * images.width + c, k);
        const double y = images.y[at];
        if (y <= range.low + slack || y >= range.high - slack) continue;  // cut off
        std::size_t column = 0;
        for (std::int64_t i = 0; i <= height; ++i)
          for (std::int64_t j = 0; j <= width; ++j)
            if (i + j > 0) columns[column++].push_back(ring(images, n, r, c, k, i, j));
        columns.back().push_back(y - images.x[at]);
      }
  const double count = double(columns.back().size());
  return count == 0 ? 0 : std::sqrt(left_over(std::move(columns)) / count);
}

namespace {

PropertyResult one_kernel(const LayerCall& call, std::int64_t height, std::int64_t width) {
  const PropertyResult within = within_range(call);
  if (within.broken || within.not_checked) return within;
  const Images images = images_of(call);
  const Range range = value_range(call);
  require(double(images.x.size()) * double((height + 1) * (width + 1)) <= 3e6, "too large to fit");
  for (std::int64_t n = 0; n < images.n; ++n)
    // The true kernel leaves at most the slack at each pixel.
    if (const double rest = kernel_misfit(images, n, height, width, range);
        rest > kernel_slack(images))
      return broken("changes the pixels inside of an image by no one symmetric kernel", rest, 0,
                    kernel_slack(images));
  return kept();
}

// A blur is a mean with weights that are not negative.
PropertyResult within_window(const Images& images, std::int64_t height, std::int64_t width) {
  const double slack = images.slack();
  for (std::int64_t n = 0; n < images.n; ++n)
    for (std::int64_t r = height; r < images.height - height; ++r)
      for (std::int64_t c = width; c < images.width - width; ++c)
        for (std::int64_t k = 0; k < images.channels; ++k) {
          Range window{INFINITY, -INFINITY};
          for (std::int64_t i = r - height; i <= r + height; ++i)
            for (std::int64_t j = c - width; j <= c + width; ++j) {
              const double x = images.x[images.at(n, i * images.width + j, k)];
              window = {std::min(window.low, x), std::max(window.high, x)};
            }
          const double y = images.y[images.at(n, r * images.width + c, k)];
          if (y < window.low - slack || y > window.high + slack)
            return broken("gives a pixel beyond those that it is a mean of", y,
                          y < window.low ? window.low : window.high, slack);
        }
  return kept();
}

PropertyResult blurred(const LayerCall& call) {
  const std::vector<double> size = get_numbers(call.config, "kernel_size");
  require(!size.empty() && size.size() <= 2, "kernel_size of unexpected form");
  const auto half = [](double length) {
    require(length >= 1 && length <= 15 && std::fmod(length, 2) == 1, "kernel_size");
    return std::int64_t(length) / 2;
  };
  const PropertyResult fitted = one_kernel(call, half(size.front()), half(size.back()));
  if (fitted.broken || fitted.not_checked) return fitted;
  return within_window(images_of(call), half(size.front()), half(size.back()));
}

// Blended with an image blurred by the pixels around each.
PropertyResult sharpened(const LayerCall& call) { return one_kernel(call, 1, 1); }

const PropertyRegistrar registrars[] = {
    {"RandomGaussianBlur", &in_training<blurred>},
    {"RandomSharpness", &in_training<sharpened>},
};

}  // namespace
}  // namespace kerasan::reference
