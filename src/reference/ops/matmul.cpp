#include "reference/ops/matmul.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>

#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

// A matrix as it lies in memory, [rows, columns] or, turned, [columns, rows].
template <class Number>
struct Factor {
  const Number* data;
  bool turned;
};

struct Sizes {
  std::size_t m, k, n;
};

void gemm(double* c, Factor<double> a, int lda, Factor<double> b, int ldb, int m, int k, int n) {
  cblas_dgemm(CblasRowMajor, a.turned ? CblasTrans : CblasNoTrans,
              b.turned ? CblasTrans : CblasNoTrans, m, n, k, 1.0, a.data, lda, b.data, ldb, 0.0, c,
              n);
}

void gemm(float* c, Factor<float> a, int lda, Factor<float> b, int ldb, int m, int k, int n) {
  cblas_sgemm(CblasRowMajor, a.turned ? CblasTrans : CblasNoTrans,
              b.turned ? CblasTrans : CblasNoTrans, m, n, k, 1.0F, a.data, lda, b.data, ldb, 0.0F,
              c, n);
}

// c = a b
template <class Number>
void multiply(Number* c, Factor<Number> a, Factor<Number> b, Sizes s) {
  if (s.m == 0 || s.n == 0 || s.k == 0) return;
  gemm(c, a, int(a.turned ? s.m : s.k), b, int(b.turned ? s.k : s.n), int(s.m), int(s.k), int(s.n));
}

// What is not negative, in single precision and none smaller than it was: value <= number * scale.
struct Rounded {
  std::vector<float> number;
  double scale = 1;
};

// The largest finite each(i), several at a time.
template <class Each>
double largest(std::size_t n, const Each& each) {
  constexpr std::size_t kLanes = 8;
  double most[kLanes] = {};
  const auto take = [&](std::size_t lane, double v) {
    most[lane] = v > most[lane] && v < HUGE_VAL ? v : most[lane];
  };
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) take(lane, each(i + lane));
  for (; i < n; ++i) take(0, each(i));
  return *std::max_element(most, most + kLanes);
}

// each(i) for i < n; what is not finite stays so.
template <class Each>
Rounded round_up(std::size_t n, const Each& each) {
  constexpr double kUp = 1 + 0x1p-23;
  Rounded out{std::vector<float>(n), 1};
  if (const double most = largest(n, each); most > 0) out.scale = std::ldexp(1.0, std::ilogb(most));
  const double by = kUp / out.scale;
  for (std::size_t i = 0; i < n; ++i) out.number[i] = float(each(i) * by);
  return out;
}

// bound += a b, where neither is negative. A sum of k products in single precision is too small by
// at most gamma_k of itself, and by an underflow of each product and of each factor, all below 2^2.
void add_products(std::vector<double>& bound, const Rounded& a, bool a_turned, const Rounded& b,
                  bool b_turned, Sizes s) {
  std::vector<float> c(s.m * s.n);
  multiply(c.data(), {a.number.data(), a_turned}, {b.number.data(), b_turned}, s);
  const double k = double(s.k), scale = a.scale * b.scale;
  const double inflated = scale * (1 + 2 * gamma(k + 2, 0x1p-24)), lost = k * 0x1p-122 * scale;
  for (std::size_t i = 0; i < c.size(); ++i) bound[i] += inflated * double(c[i]) + lost;
}

bool all_zero(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return v == 0; });
}

struct Operand {
  const Bounded& matrix;
  bool turned = false;
};

Bounded multiply(Operand a, Operand b, Sizes s, Shape shape, Precision p) {
  const double m = double(s.m), k = double(s.k), n = double(s.n);
  require(m * n <= kMaxElements && m * k * n <= kMaxProducts, "too large to recompute");
  Bounded result(std::move(shape));
  multiply(result.value.data(), {a.matrix.value.data(), a.turned},
           {b.matrix.value.data(), b.turned}, s);
  const auto &av = a.matrix.value, &ab = a.matrix.bound, &bv = b.matrix.value, &bb = b.matrix.bound;
  const double g = gamma(k + 2, p.u);
  const auto left = [&](double of_value) {
    return round_up(av.size(),
                    [&, of_value](std::size_t i) { return of_value * std::fabs(av[i]) + ab[i]; });
  };
  const auto size_of = [&](std::size_t i) { return std::fabs(bv[i]); };
  add_products(result.bound, left(g), a.turned, round_up(bv.size(), size_of), b.turned, s);
  if (!all_zero(bb))
    add_products(result.bound, left(1), a.turned,
                 round_up(bb.size(), [&](std::size_t i) { return bb[i]; }), b.turned, s);
  for (double& bound : result.bound) bound += k * p.tiny;
  return result;
}

// Rows of the last axis.
std::size_t rows_of(const Bounded& x) {
  require(!x.shape.empty() && x.shape.back() > 0, "no elements");
  return x.size() / std::size_t(x.shape.back());
}

}  // namespace

Bounded matmul(const Bounded& a, const Bounded& b, Precision p) {
  require(!a.shape.empty() && b.shape.size() == 2, "matrix product of unexpected rank");
  require(a.shape.back() == b.shape[0], "input size differs from the kernel's");
  Shape shape = a.shape;
  shape.back() = b.shape[1];
  const std::size_t k = std::size_t(b.shape[0]);
  const Sizes s{k == 0 ? 0 : a.size() / k, k, std::size_t(b.shape[1])};
  return multiply({a}, {b}, s, std::move(shape), p);
}

Bounded matmul_by_input(const Bounded& seed, const Bounded& w, Precision p) {
  require(w.shape.size() == 2, "matrix product of unexpected rank");
  const std::size_t m = rows_of(seed);
  require(seed.shape.back() == w.shape[1], "derivative size differs from the kernel's");
  Shape shape = seed.shape;
  shape.back() = w.shape[0];
  return multiply({seed}, {w, true}, {m, std::size_t(w.shape[1]), std::size_t(w.shape[0])},
                  std::move(shape), p);
}

Bounded matmul_by_weight(const Bounded& x, const Bounded& seed, Precision p) {
  const std::size_t m = rows_of(x);
  require(rows_of(seed) == m, "derivative size differs from the input's");
  return multiply({x, true}, {seed},
                  {std::size_t(x.shape.back()), m, std::size_t(seed.shape.back())},
                  {x.shape.back(), seed.shape.back()}, p);
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
