#include "reference/ops/channels.h"

#include <algorithm>
#include <cmath>

#include "base/pieces.h"
#include "base/vectorised.h"

namespace kerasan::reference::channels {

KERASAN_VECTORISED
bool are_last(const std::vector<std::size_t>& group, std::size_t groups) {
  if (groups == 0 || group.size() % groups != 0) return false;
  for (std::size_t row = 0; row < group.size(); row += groups) {
    std::size_t other = 0;
    for (std::size_t c = 0; c < groups; ++c) other |= group[row + c] ^ c;
    if (other != 0) return false;
  }
  return true;
}

KERASAN_VECTORISED
bool are_rows(const std::vector<std::size_t>& group, std::size_t groups) {
  if (groups == 0 || group.size() % groups != 0) return false;
  const std::size_t width = group.size() / groups;
  std::size_t other = 0;
  for (std::size_t g = 0; g < groups; ++g)
    for (std::size_t i = 0; i < width; ++i) other |= group[g * width + i] ^ g;
  return other == 0;
}

KERASAN_VECTORISED
void add_rows(Sums& to, const double* value, const double* bound, std::size_t width) {
  constexpr std::size_t kLanes = 8;
  for (std::size_t g = 0; g < to.value.size(); ++g, value += width, bound += width) {
    double sum[kLanes] = {}, size[kLanes] = {}, off[kLanes] = {}, square[kLanes] = {},
           cross[kLanes] = {};
    const auto take = [&](std::size_t lane, double v, double d) {
      const double a = std::fabs(v);
      sum[lane] += v;
      size[lane] += a;
      off[lane] += d;
      square[lane] += v * v;
      cross[lane] += (2 * a + d) * d;
    };
    std::size_t i = 0;
    for (; i + kLanes <= width; i += kLanes)
      for (std::size_t lane = 0; lane < kLanes; ++lane)
        take(lane, value[i + lane], bound[i + lane]);
    for (; i < width; ++i) take(0, value[i], bound[i]);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      to.value[g] += sum[lane];
      to.size[g] += size[lane];
      to.bound[g] += off[lane];
      to.square[g] += square[lane];
      to.cross[g] += cross[lane];
    }
  }
}

namespace {

KERASAN_VECTORISED
void add_row(double* sum, double* size, double* drift, double* square, double* cross,
             const double* value, const double* bound, std::size_t channels) {
#pragma GCC ivdep
  for (std::size_t c = 0; c < channels; ++c) {
    const double v = value[c], d = bound[c], a = std::fabs(v);
    sum[c] += v;
    size[c] += a;
    drift[c] += d;
    square[c] += v * v;
    cross[c] += (2 * a + d) * d;
  }
}

KERASAN_VECTORISED
void center_row(double* to, const double* value, const double* mean, std::size_t channels) {
#pragma GCC ivdep
  for (std::size_t c = 0; c < channels; ++c) {
    const double left = value[c] - mean[c];
    to[c] += left * left;
  }
}

KERASAN_VECTORISED
void normalize_row(double* y, double* y_bound, const double* x, const double* x_bound,
                   const double* mean, const double* mean_bound, const double* inverse,
                   const double* inverse_bound, const double* scale, const double* scale_bound,
                   const double* shift, const double* shift_bound, std::size_t channels, double u,
                   double tiny) {
#pragma GCC ivdep
  for (std::size_t c = 0; c < channels; ++c) {
    const double left = x[c] - mean[c], off = x_bound[c] + mean_bound[c];
    const double most = inverse[c] + inverse_bound[c], by = std::fabs(scale[c]);
    const double carried = (off * most + std::fabs(left) * inverse_bound[c]) * by;
    const double sizes = (std::fabs(x[c]) + std::fabs(mean[c])) * most;
    y[c] = left * inverse[c] * scale[c] + shift[c];
    y_bound[c] = carried + 4 * u * (sizes * by + std::fabs(shift[c]) + carried) + 3 * tiny +
                 scale_bound[c] * (std::fabs(left) + off) * most + shift_bound[c];
  }
}

}  // namespace

std::size_t rows_at_once(std::size_t channels, std::size_t rows) {
  constexpr std::size_t kElements = 256;
  return std::clamp<std::size_t>(kElements / std::max<std::size_t>(1, channels), 1,
                                 std::max<std::size_t>(1, rows));
}

std::vector<double> repeated(const std::vector<double>& of_channels, std::size_t rows) {
  std::vector<double> out;
  out.reserve(of_channels.size() * rows);
  for (std::size_t row = 0; row < rows; ++row)
    out.insert(out.end(), of_channels.begin(), of_channels.end());
  return out;
}

void fold(std::vector<double>& to, const std::vector<double>& wide) {
  for (std::size_t at = 0; at < wide.size(); at += to.size())
    for (std::size_t c = 0; c < to.size(); ++c) to[c] += wide[at + c];
}

void fold(Column& to, const Column& wide) {
  fold(to.value, wide.value), fold(to.bound, wide.bound);
}

Normal repeated(const Normal& of, std::size_t rows) {
  Normal out(0);
  out.mean = repeated(of.mean, rows), out.mean_bound = repeated(of.mean_bound, rows);
  out.inverse = repeated(of.inverse, rows), out.inverse_bound = repeated(of.inverse_bound, rows);
  out.scale = repeated(of.scale, rows), out.scale_bound = repeated(of.scale_bound, rows);
  out.shift = repeated(of.shift, rows), out.shift_bound = repeated(of.shift_bound, rows);
  return out;
}

void add(Sums& to, const double* value, const double* bound, std::size_t rows) {
  const std::size_t n = to.value.size(), width = n * rows_at_once(n, rows);
  Sums wide(width);
  for_rows(rows * n, width, [&](std::size_t at, std::size_t size) {
    add_row(wide.value.data(), wide.size.data(), wide.bound.data(), wide.square.data(),
            wide.cross.data(), value + at, bound + at, size);
  });
  fold(to.value, wide.value), fold(to.size, wide.size), fold(to.bound, wide.bound);
  fold(to.square, wide.square), fold(to.cross, wide.cross);
}

void add_centered(std::vector<double>& to, const double* value, const std::vector<double>& mean,
                  std::size_t rows) {
  const std::size_t together = rows_at_once(to.size(), rows);
  const std::vector<double> means = repeated(mean, together);
  std::vector<double> wide(means.size());
  for_rows(rows * to.size(), wide.size(), [&](std::size_t at, std::size_t size) {
    center_row(wide.data(), value + at, means.data(), size);
  });
  fold(to, wide);
}

void normalize(lines::Line to, const double* value, const double* bound, const Normal& by, double u,
               double tiny) {
  const std::size_t wide = by.mean.size();
  const auto rows = [&](std::size_t at, std::size_t end) {
    for (; at < end; at += wide)
      normalize_row(to.value + at, to.bound + at, value + at, bound + at, by.mean.data(),
                    by.mean_bound.data(), by.inverse.data(), by.inverse_bound.data(),
                    by.scale.data(), by.scale_bound.data(), by.shift.data(), by.shift_bound.data(),
                    std::min(wide, end - at), u, tiny);
  };
  if (wide > 0) for_pieces(to.size, kRowsOfPiece * wide, rows);
}

void add_sum(lines::Line to, const double* value, const double* bound, std::size_t rows, double g) {
  const std::size_t n = to.size;
  Column wide(n * rows_at_once(n, rows)), sums(n);
  for_rows(rows * n, wide.value.size(), [&](std::size_t at, std::size_t size) {
    lines::add_parts({wide.value.data(), wide.bound.data(), size}, value + at, bound + at, g);
  });
  fold(sums, wide);
  for (std::size_t c = 0; c < n; ++c) to.value[c] += sums.value[c], to.bound[c] += sums.bound[c];
}

void spread(lines::Line to, const double* value, const double* bound, std::size_t channels) {
  for (std::size_t at = 0; at < to.size; at += channels) {
    std::copy_n(value, channels, to.value + at);
    std::copy_n(bound, channels, to.bound + at);
  }
}

}  // namespace kerasan::reference::channels
