#include "reference/ops/channels_exact.h"

#include "base/vectorised.h"

namespace kerasan::reference::channels {
namespace {

KERASAN_VECTORISED
void normalize_rows(double* y, const double* x, const double* mean, const double* inverse,
                    const double* scale, const double* shift, std::size_t size) {
#pragma GCC ivdep
  for (std::size_t c = 0; c < size; ++c) y[c] = (x[c] - mean[c]) * inverse[c] * scale[c] + shift[c];
}

KERASAN_VECTORISED
void add_rows(double* sum, double* by_normal, const double* x, const double* seed,
              const double* mean, const double* inverse, std::size_t size) {
#pragma GCC ivdep
  for (std::size_t c = 0; c < size; ++c) {
    sum[c] += seed[c];
    by_normal[c] += seed[c] * ((x[c] - mean[c]) * inverse[c]);
  }
}

KERASAN_VECTORISED
void slope_rows(double* to, const double* x, const double* seed, const double* mean_of_x,
                const double* inverse, const double* scale, const double* mean, const double* slope,
                std::size_t size) {
#pragma GCC ivdep
  for (std::size_t c = 0; c < size; ++c) {
    const double normal = (x[c] - mean_of_x[c]) * inverse[c];
    to[c] = (seed[c] * scale[c] - (mean[c] + normal * slope[c])) * inverse[c];
  }
}

}  // namespace

void normalize_exact(double* to, const double* value, std::size_t size, const Normal& by) {
  for_rows(size, by.mean.size(), [&](std::size_t at, std::size_t count) {
    normalize_rows(to + at, value + at, by.mean.data(), by.inverse.data(), by.scale.data(),
                   by.shift.data(), count);
  });
}

SlopeSums slope_sums_exact(const Elements& all, const Scaling& by) {
  const std::size_t channels = by.normal.mean.size();
  const std::size_t together = rows_at_once(channels, all.rows);
  const auto mean = repeated(by.normal.mean, together),
             inverse = repeated(by.normal.inverse, together);
  std::vector<double> sum(mean.size()), by_normal(mean.size());
  for_rows(all.rows * channels, mean.size(), [&](std::size_t at, std::size_t count) {
    add_rows(sum.data(), by_normal.data(), all.x + at, all.seed + at, mean.data(), inverse.data(),
             count);
  });
  SlopeSums sums(channels);
  fold(sums.seed.value, sum), fold(sums.by_normal.value, by_normal);
  for (std::size_t c = 0; c < channels; ++c) {
    const double scale = by.scale == nullptr ? 1 : (*by.scale)[c];
    sums.inner.value[c] = scale * sums.seed.value[c];
    sums.inner_by_normal.value[c] = scale * sums.by_normal.value[c];
  }
  return sums;
}

void slopes_exact(double* to, const Elements& all, const Scaling& by, const Slopes& of) {
  const std::size_t channels = by.normal.mean.size();
  const std::size_t together = rows_at_once(channels, all.rows);
  const auto wide = [&](const std::vector<double>& of_channels) {
    return repeated(of_channels, together);
  };
  const auto mean_of_x = wide(by.normal.mean), inverse = wide(of.inverse.value),
             scale = wide(by.scale == nullptr ? std::vector<double>(channels, 1.0) : *by.scale),
             mean = wide(of.mean.value), slope = wide(of.slope.value);
  for_rows(all.rows * channels, scale.size(), [&](std::size_t at, std::size_t count) {
    slope_rows(to + at, all.x + at, all.seed + at, mean_of_x.data(), inverse.data(), scale.data(),
               mean.data(), slope.data(), count);
  });
}

}  // namespace kerasan::reference::channels
