#include "reference/preprocessing/warp.h"

#include <algorithm>
#include <cmath>

namespace kerasan::reference {
namespace {

constexpr double kFinest = 1e-5;    // of a pixel: a box this small that is not excluded is a match
constexpr std::int64_t kReach = 6;  // pixels on a side; a wider region excludes nothing

struct Span {
  std::int64_t first = 0, last = 0;
  std::int64_t count() const { return last - first + 1; }
};

// One image as its interpolation and its continuation beyond the edges show it.
class Source {
 public:
  Source(const Images& images, std::int64_t image, const Warp& warp)
      : images_(images), image_(image), warp_(warp) {
    drift_ = 64 * images.u * double(images.height + images.width);
    slack_ = 64 * images.u * std::max(images.size, std::fabs(warp.fill_value));
  }

  // Whether some value in this region is y in every channel.
  bool reaches(Position at, std::int64_t pixel) const {
    at.row_error += drift_;
    at.column_error += drift_;
    const double shift = warp_.nearest ? 0.5 : 0;
    Span rows = span(at.row + shift, at.row_error);
    Span columns = span(at.column + shift, at.column_error);
    if (far(rows, images_.height) || far(columns, images_.width)) return true;
    // Beyond an edge that wraps, which of the two edges is nearer is not documented.
    if (warp_.fill_mode == "wrap" && warp_.nearest &&
        !within(around(at.row, at.row_error), around(at.column, at.column_error)))
      rows = {rows.first - 1, rows.last + 1}, columns = {columns.first - 1, columns.last + 1};
    if (rows.count() > kReach || columns.count() > kReach) return true;
    return warp_.nearest ? one_of(rows, columns, pixel) : between(at, rows, columns, pixel);
  }

 private:
  static Span around(double at, double error) {
    return {std::int64_t(std::floor(at - error)), std::int64_t(std::floor(at + error)) + 1};
  }
  Span span(double at, double error) const {
    const Span both = around(at, error);
    return {both.first, both.last - (warp_.nearest ? 1 : 0)};
  }

  static bool inside(std::int64_t i, std::int64_t n) { return i >= 0 && i < n; }

  bool within(Span rows, Span columns) const {
    return inside(rows.first, images_.height) && inside(rows.last, images_.height) &&
           inside(columns.first, images_.width) && inside(columns.last, images_.width);
  }

  // The documentation shows one more period of an image on each side; of one that wraps, what lies
  // between that period's last pixel and the next is left open.
  bool far(Span span, std::int64_t n) const {
    const std::int64_t open = warp_.fill_mode == "wrap" ? 1 : 0;
    return (warp_.fill_mode == "reflect" || open == 1) &&
           (span.first < open - n || span.last > 2 * n - 1 - open);
  }

  std::int64_t continued(std::int64_t i, std::int64_t n) const {
    if (warp_.fill_mode == "nearest") return std::clamp<std::int64_t>(i, 0, n - 1);
    const std::int64_t period = warp_.fill_mode == "reflect" ? 2 * n : n;
    const std::int64_t at = (i % period + period) % period;
    return at < n ? at : period - 1 - at;
  }

  double pixel_at(std::int64_t row, std::int64_t column, std::int64_t channel) const {
    if (warp_.fill_mode == "constant" &&
        !(inside(row, images_.height) && inside(column, images_.width)))
      return warp_.fill_value;
    return images_.x[images_.at(
        image_, continued(row, images_.height) * images_.width + continued(column, images_.width),
        channel)];
  }

  double output(std::int64_t pixel, std::int64_t channel) const {
    return images_.y[images_.at(image_, pixel, channel)];
  }

  bool one_of(Span rows, Span columns, std::int64_t pixel) const {
    for (std::int64_t r = rows.first; r <= rows.last; ++r)
      for (std::int64_t c = columns.first; c <= columns.last; ++c) {
        bool same = true;
        for (std::int64_t k = 0; same && k < images_.channels; ++k)
          same = std::fabs(pixel_at(r, c, k) - output(pixel, k)) <= slack_;
        if (same) return true;
      }
    return false;
  }

  bool between(const Position& at, Span rows, Span columns, std::int64_t pixel) const {
    for (std::int64_t k = 0; k < images_.channels; ++k) {
      const Range range = reach(at, rows, columns, k);
      const double y = output(pixel, k);
      if (!(y >= range.low - slack_ && y <= range.high + slack_)) return false;
    }
    return true;
  }

  // All values of the interpolation in the region: no further from that in the middle than its
  // slopes allow, and between the pixels.
  Range reach(const Position& at, Span rows, Span columns, std::int64_t k) const {
    Range range{INFINITY, -INFINITY};
    double row_slope = 0, column_slope = 0, middle = 0;
    for (std::int64_t r = rows.first; r <= rows.last; ++r)
      for (std::int64_t c = columns.first; c <= columns.last; ++c) {
        const double v = pixel_at(r, c, k);
        range.low = std::min(range.low, v);
        range.high = std::max(range.high, v);
        if (r < rows.last) row_slope = std::max(row_slope, std::fabs(pixel_at(r + 1, c, k) - v));
        if (c < columns.last)
          column_slope = std::max(column_slope, std::fabs(pixel_at(r, c + 1, k) - v));
        middle += std::max(0.0, 1 - std::fabs(at.row - double(r))) *
                  std::max(0.0, 1 - std::fabs(at.column - double(c))) * v;
      }
    // Whether the fill value, or the opposite edge, takes part in the interpolation at an edge is
    // not documented.
    if ((warp_.fill_mode == "constant" || warp_.fill_mode == "wrap") && !within(rows, columns))
      return range;
    const double change = row_slope * at.row_error + column_slope * at.column_error;
    return {std::max(range.low, middle - change), std::min(range.high, middle + change)};
  }

  const Images& images_;
  std::int64_t image_;
  const Warp& warp_;
  double drift_ = 0, slack_ = 0;
};

class Search {
 public:
  Search(const Images& images, std::int64_t image, const Warp& warp,
         std::vector<std::int64_t> pixels)
      : images_(images), warp_(warp), source_(images, image, warp), order_(std::move(pixels)) {}

  Found run(double& work) {
    std::vector<ParameterBox> boxes{whole()};
    while (!boxes.empty()) {
      const ParameterBox box = boxes.back();
      boxes.pop_back();
      if (work <= 0) return Found::kUnknown;
      double widest = 0;
      if (!possible(box, widest, work)) continue;
      if (widest <= kFinest) return Found::kYes;
      const std::size_t axis = wider_axis(box);
      for (double side : {-0.5, 0.5}) {
        ParameterBox half = box;
        half.half[axis] /= 2;
        half.middle[axis] += side * box.half[axis];
        boxes.push_back(half);
      }
    }
    return Found::kNo;
  }

 private:
  ParameterBox whole() const {
    ParameterBox box;
    for (std::size_t k = 0; k < 2; ++k) {
      box.middle[k] = (warp_.limits[k].low + warp_.limits[k].high) / 2;
      box.half[k] = warp_.limits[k].width() / 2 +
                    64 * images_.u * (std::fabs(box.middle[k]) + warp_.limits[k].width());
    }
    return box;
  }

  // Halving it moves the positions the most.
  std::size_t wider_axis(const ParameterBox& box) const {
    std::array<double, 2> moved{};
    for (std::size_t k = 0; k < 2; ++k) {
      ParameterBox one = box;
      one.half[1 - k] = 0;
      for (double r : {0.0, double(images_.height - 1)})
        for (double c : {0.0, double(images_.width - 1)}) {
          const Position at = warp_.map(one, r, c);
          moved[k] = std::max({moved[k], at.row_error, at.column_error});
        }
    }
    return moved[1] > moved[0] ? 1 : 0;
  }

  bool possible(const ParameterBox& box, double& widest, double& work) {
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const std::int64_t pixel = order_[i];
      const Position at =
          warp_.map(box, double(pixel / images_.width), double(pixel % images_.width));
      widest = std::max({widest, at.row_error, at.column_error});
      work -= 1;
      if (source_.reaches(at, pixel)) continue;
      // What excluded one box is likely to exclude the next.
      std::rotate(order_.begin(), order_.begin() + std::ptrdiff_t(i),
                  order_.begin() + std::ptrdiff_t(i) + 1);
      return false;
    }
    return true;
  }

  const Images& images_;
  const Warp& warp_;
  Source source_;
  std::vector<std::int64_t> order_;
};

}  // namespace

Found find_warp(const Images& images, std::int64_t image, const Warp& warp, double& work) {
  std::vector<std::int64_t> pixels;
  for (std::int64_t i = 0; i < images.pixels(); ++i) pixels.push_back(i);
  // Pixels far from each other exclude more than neighbours do.
  const std::size_t stride = 7919;
  for (std::size_t i = 0; i < pixels.size(); ++i)
    std::swap(pixels[i], pixels[i * stride % pixels.size()]);
  return Search(images, image, warp, std::move(pixels)).run(work);
}

// Beyond the edges the continued image shows nothing but itself, its edges and the fill value.
Found find_position(const Images& images, std::int64_t image, std::int64_t pixel, Warp warp,
                    double& work) {
  warp.limits = {Range{-1, double(images.height)}, Range{-1, double(images.width)}};
  warp.map = [](const ParameterBox& p, double, double) {
    return Position{p.middle[0], p.middle[1], p.half[0], p.half[1]};
  };
  return Search(images, image, warp, {pixel}).run(work);
}

}  // namespace kerasan::reference
