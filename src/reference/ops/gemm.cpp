#include "reference/ops/gemm.h"

#include <cblas.h>

#include <algorithm>

#include "reference/ops/lines.h"

namespace kerasan::reference {
namespace {

CBLAS_TRANSPOSE turn(bool turned) { return turned ? CblasTrans : CblasNoTrans; }

// A sum of nothing; the library wants sizes above zero.
template <class Number>
bool is_empty(Number* c, Sizes s, Into into) {
  if (s.k == 0 && into == Into::kReplace) std::fill_n(c, s.m * s.n, Number{0});
  return s.m == 0 || s.n == 0 || s.k == 0;
}

}  // namespace

void multiply(double* c, Factor<double> a, Factor<double> b, Sizes s, Into into) {
  if (is_empty(c, s, into)) return;
  cblas_dgemm(CblasRowMajor, turn(a.turned), turn(b.turned), int(s.m), int(s.n), int(s.k), 1.0,
              a.data, int(a.turned ? s.m : s.k), b.data, int(b.turned ? s.k : s.n),
              into == Into::kAdd ? 1.0 : 0.0, c, int(s.n));
}

void multiply(float* c, Factor<float> a, Factor<float> b, Sizes s, Into into) {
  if (is_empty(c, s, into)) return;
  cblas_sgemm(CblasRowMajor, turn(a.turned), turn(b.turned), int(s.m), int(s.n), int(s.k), 1.0F,
              a.data, int(a.turned ? s.m : s.k), b.data, int(b.turned ? s.k : s.n),
              into == Into::kAdd ? 1.0F : 0.0F, c, int(s.n));
}

Rounded sizes_of(const Bounded& x, double of_value, double of_bound) {
  const double *value = x.value.data(), *bound = x.bound.data();
  const std::size_t n = x.size();
  Rounded out{std::make_unique_for_overwrite<float[]>(n), 1};
  if (const double most = lines::largest(value, bound, n, of_value, of_bound); most > 0)
    out.scale = std::ldexp(1.0, std::ilogb(most));
  lines::sizes(out.number.get(), value, bound, n, of_value, of_bound, kRoundedUp / out.scale);
  return out;
}

Restored restored(const Rounded& a, const Rounded& b, double k) {
  return restored(a.scale, b.scale, k);
}

Restored restored(double scale_of_a, double scale_of_b, double k) {
  const double scale = scale_of_a * scale_of_b;
  return {scale * (1 + 2 * gamma(k + 2, 0x1p-24)), k * 0x1p-122 * scale};
}

bool is_exact(const Bounded& x) {
  constexpr std::size_t kPart = 4096;  // most that are not exact show it at once
  for (std::size_t at = 0; at < x.size(); at += kPart)
    if (!lines::all_zero(x.bound.data() + at, std::min(kPart, x.size() - at))) return false;
  return true;
}

}  // namespace kerasan::reference
