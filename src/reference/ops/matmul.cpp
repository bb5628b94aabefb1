#include "reference/ops/matmul.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

struct Sizes {
  int m, k, n;
};

// c += a b
void multiply_into(std::vector<double>& c, const std::vector<double>& a,
                   const std::vector<double>& b, Sizes s) {
  if (s.m == 0 || s.n == 0 || s.k == 0) return;
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, s.m, s.n, s.k, 1.0, a.data(), s.k,
              b.data(), s.n, 1.0, c.data(), s.n);
}

bool all_zero(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return v == 0; });
}

}  // namespace

Bounded matmul(const Bounded& a, const Bounded& b, Precision p) {
  require(!a.shape.empty() && b.shape.size() == 2, "matrix product of unexpected rank");
  const std::int64_t k = b.shape[0];
  require(a.shape.back() == k, "input size differs from the kernel's");
  Shape shape = a.shape;
  shape.back() = b.shape[1];
  const double m = k == 0 ? 0 : double(a.size()) / double(k);
  require(m * double(b.shape[1]) <= kMaxElements && m * double(b.size()) <= kMaxProducts,
          "too large to recompute");
  Bounded result(shape);
  const Sizes sizes{int(m), int(k), int(b.shape[1])};
  multiply_into(result.value, a.value, b.value, sizes);

  const double g = gamma(double(k) + 2, p.u);
  std::vector<double> left(a.size());   // gamma |a| + da
  std::vector<double> right(b.size());  // |b|
  for (std::size_t i = 0; i < a.size(); ++i) left[i] = g * std::fabs(a.value[i]) + a.bound[i];
  for (std::size_t i = 0; i < b.size(); ++i) right[i] = std::fabs(b.value[i]);
  multiply_into(result.bound, left, right, sizes);
  if (!all_zero(b.bound)) {
    for (std::size_t i = 0; i < a.size(); ++i) left[i] = std::fabs(a.value[i]) + a.bound[i];
    multiply_into(result.bound, left, b.bound, sizes);
  }
  for (double& bound : result.bound) bound += double(k) * p.tiny;
  return result;
}

void add_bias(Bounded& x, const Bounded& bias, Precision p, double terms) {
  require(bias.shape.size() == 1 && !x.shape.empty() && x.shape.back() == bias.shape[0],
          "bias size differs from the output's");
  const std::size_t n = bias.size();
  const double g = gamma(terms + 2, p.u);
  if (n == 0) return;
  std::vector<double> drift(n);
  for (std::size_t j = 0; j < n; ++j) drift[j] = bias.bound[j] + g * std::fabs(bias.value[j]);
  for (std::size_t row = 0; row < x.size(); row += n)
    for (std::size_t j = 0; j < n; ++j) {
      const double value = x.value[row + j] + bias.value[j];
      x.value[row + j] = value;
      x.bound[row + j] = (1 + p.u) * (x.bound[row + j] + drift[j]) + p.u * std::fabs(value);
    }
}

}  // namespace kerasan::reference
