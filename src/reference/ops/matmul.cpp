#include "reference/ops/matmul.h"

#include <cmath>

#include "reference/ops/gemm.h"
#include "reference/ops/guard.h"
#include "reference/ops/lines.h"

namespace kerasan::reference {
namespace {

// bound += a b, where neither is negative.
void add_products(std::vector<double>& bound, const Rounded& a, bool a_turned, const Rounded& b,
                  bool b_turned, Sizes s) {
  const auto c = std::make_unique_for_overwrite<float[]>(s.m * s.n);
  multiply(c.get(), {a.number.get(), a_turned}, {b.number.get(), b_turned}, s);
  const auto [scale, lost] = restored(a, b, double(s.k));
  for (std::size_t i = 0; i < s.m * s.n; ++i) bound[i] += scale * double(c[i]) + lost;
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
  if (p.rounding == Rounding::kNone) return result;
  const double g = product_error(k, p), again = carried_share(g, p);
  add_products(result.bound, sizes_of(a.matrix, g, again), a.turned, sizes_of(b.matrix, 1, 0),
               b.turned, s);
  if (!is_exact(b.matrix))
    add_products(result.bound, sizes_of(a.matrix, again, again), a.turned, sizes_of(b.matrix, 0, 1),
                 b.turned, s);
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

std::vector<double> drift_of(const Bounded& bias, Precision p, double terms) {
  const double g = gamma(terms + 2, p);
  std::vector<double> drift(bias.size());
  for (std::size_t j = 0; j < drift.size(); ++j)
    drift[j] = bias.bound[j] + g * std::fabs(bias.value[j]);
  return drift;
}

void add_bias(Bounded& x, const Bounded& bias, Precision p, double terms) {
  require(bias.shape.size() == 1 && !x.shape.empty() && x.shape.back() == bias.shape[0],
          "bias size differs from the output's");
  const std::size_t n = bias.size();
  if (n == 0) return;
  const std::vector<double> drift = drift_of(bias, p, terms);
  for (std::size_t row = 0; row < x.size(); row += n)
    lines::add_bias({&x.value[row], &x.bound[row], n}, bias.value.data(), drift.data(), p.u);
}

}  // namespace kerasan::reference
