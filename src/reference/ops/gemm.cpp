#include "reference/ops/gemm.h"

#include <cblas.h>

#include <algorithm>

#include "base/pieces.h"

namespace kerasan::reference {
namespace {

CBLAS_TRANSPOSE turn(bool turned) { return turned ? CblasTrans : CblasNoTrans; }

// The largest finite each(i) from i to n, several at a time.
template <class Each>
double largest(std::size_t i, std::size_t n, const Each& each) {
  constexpr std::size_t kLanes = 8;
  double most[kLanes] = {};
  const auto take = [&](std::size_t lane, double v) {
    most[lane] = v > most[lane] && v < HUGE_VAL ? v : most[lane];
  };
  for (; i + kLanes <= n; i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) take(lane, each(i + lane));
  for (; i < n; ++i) take(0, each(i));
  return *std::max_element(most, most + kLanes);
}

template <class Each>
Rounded round_up(std::size_t n, const Each& each) {
  constexpr double kUp = 1 + 0x1p-23;
  Rounded out{std::vector<float>(n), 1};
  std::vector<double> most(n / kElementsOfPiece + 1);
  for_pieces(n, kElementsOfPiece, [&](std::size_t begin, std::size_t end) {
    most[begin / kElementsOfPiece] = largest(begin, end, each);
  });
  if (const double all = *std::max_element(most.begin(), most.end()); all > 0)
    out.scale = std::ldexp(1.0, std::ilogb(all));
  const double by = kUp / out.scale;
  for_pieces(n, kElementsOfPiece, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) out.number[i] = float(each(i) * by);
  });
  return out;
}

}  // namespace

void multiply(double* c, Factor<double> a, Factor<double> b, Sizes s, Into into) {
  if (s.m == 0 || s.n == 0 || s.k == 0) return;
  cblas_dgemm(CblasRowMajor, turn(a.turned), turn(b.turned), int(s.m), int(s.n), int(s.k), 1.0,
              a.data, int(a.turned ? s.m : s.k), b.data, int(b.turned ? s.k : s.n),
              into == Into::kAdd ? 1.0 : 0.0, c, int(s.n));
}

void multiply(float* c, Factor<float> a, Factor<float> b, Sizes s, Into into) {
  if (s.m == 0 || s.n == 0 || s.k == 0) return;
  cblas_sgemm(CblasRowMajor, turn(a.turned), turn(b.turned), int(s.m), int(s.n), int(s.k), 1.0F,
              a.data, int(a.turned ? s.m : s.k), b.data, int(b.turned ? s.k : s.n),
              into == Into::kAdd ? 1.0F : 0.0F, c, int(s.n));
}

Rounded sizes_of(const Bounded& x, double of_value, double of_bound) {
  const double *value = x.value.data(), *bound = x.bound.data();
  if (of_bound == 0)  // a bound may be infinite
    return round_up(x.size(), [=](std::size_t i) { return of_value * std::fabs(value[i]); });
  if (of_value == 0) return round_up(x.size(), [=](std::size_t i) { return of_bound * bound[i]; });
  return round_up(x.size(), [=](std::size_t i) {
    return of_value * std::fabs(value[i]) + of_bound * bound[i];
  });
}

Restored restored(const Rounded& a, const Rounded& b, double k) {
  const double scale = a.scale * b.scale;
  return {scale * (1 + 2 * gamma(k + 2, 0x1p-24)), k * 0x1p-122 * scale};
}

bool is_exact(const Bounded& x) {
  return std::all_of(x.bound.begin(), x.bound.end(), [](double v) { return v == 0; });
}

}  // namespace kerasan::reference
