// Groups of elements that are the channels of the last axis, or rows along it: loops over them need
// no index.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "reference/ops/lines.h"

namespace kerasan::reference::channels {

// Loops over a few channels are short: so many rows, in which each channel comes again, are one.
std::size_t rows_at_once(std::size_t channels, std::size_t rows);
// Calls row(at, size) for so many elements at a time, the last time perhaps fewer.
template <class Row>
void for_rows(std::size_t size, std::size_t wide, const Row& row) {
  for (std::size_t at = 0; at < size; at += wide) row(at, std::min(wide, size - at));
}

// How many of those another core may take.
inline constexpr std::size_t kRowsOfPiece = 128;
std::vector<double> repeated(const std::vector<double>& of_channels, std::size_t rows);

// A number of each channel, and its bound.
struct Column {
  std::vector<double> value, bound;
  explicit Column(std::size_t channels) : value(channels), bound(channels) {}
};
// Adds up what belongs to each channel in several rows that were one.
void fold(std::vector<double>& to, const std::vector<double>& wide);
void fold(Column& to, const Column& wide);

// Whether element i is of group i modulo `groups`.
bool are_last(const std::vector<std::size_t>& group, std::size_t groups);

// Whether each group is as many elements side by side, one group after the other.
bool are_rows(const std::vector<std::size_t>& group, std::size_t groups);

// The sums that a mean and a mean square of each channel are made of, and what bounds them.
struct Sums {
  std::vector<double> value, size, bound, square, cross;
  explicit Sums(std::size_t channels)
      : value(channels), size(channels), bound(channels), square(channels), cross(channels) {}
};
void add(Sums& to, const double* value, const double* bound, std::size_t rows);
// The same of groups that are rows.
void add_rows(Sums& to, const double* value, const double* bound, std::size_t width);
// Adds the squares of what is left of each element without its channel's mean.
void add_centered(std::vector<double>& to, const double* value, const std::vector<double>& mean,
                  std::size_t rows);

// (x - mean) inverse scale + shift of each channel.
struct Normal {
  std::vector<double> mean, mean_bound, inverse, inverse_bound, scale, scale_bound, shift,
      shift_bound;
  explicit Normal(std::size_t channels)
      : mean(channels),
        mean_bound(channels),
        inverse(channels),
        inverse_bound(channels),
        scale(channels, 1.0),
        scale_bound(channels),
        shift(channels),
        shift_bound(channels) {}
};
Normal repeated(const Normal& of_channels, std::size_t rows);
// `to` may end anywhere in the rows that `by` is for.
void normalize(lines::Line to, const double* value, const double* bound, const Normal& by, double u,
               double tiny);

// Adds the sum of each channel, of values that are each off by what it gathers, a share g of them.
void add_sum(lines::Line to, const double* value, const double* bound, std::size_t rows, double g);
// The number of each channel, for each of its elements.
void spread(lines::Line to, const double* value, const double* bound, std::size_t channels);

}  // namespace kerasan::reference::channels
