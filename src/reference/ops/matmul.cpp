#include "reference/ops/matmul.h"

#include <algorithm>
#include <cmath>

#include "reference/ops/gemm.h"
#include "reference/ops/guard.h"
#include "reference/ops/lines.h"

namespace kerasan::reference {
namespace {

// `count` products, of matrices that lie one after the other.
struct Batch {
  Sizes s;
  bool a_turned = false, b_turned = false;
  std::size_t count = 1;
};

template <class Number>
void multiply(Number* c, const Number* a, const Number* b, const Batch& batch) {
  const auto& [m, k, n] = batch.s;
  for (std::size_t i = 0; i < batch.count; ++i)
    multiply(c + i * m * n, Factor<Number>{a + i * m * k, batch.a_turned},
             Factor<Number>{b + i * k * n, batch.b_turned}, batch.s);
}

// bound += a b, where neither is negative.
void add_products(std::vector<double>& bound, const Rounded& a, const Rounded& b,
                  const Batch& batch) {
  const auto c = std::make_unique_for_overwrite<float[]>(bound.size());
  multiply<float>(c.get(), a.number.get(), b.number.get(), batch);
  const auto [scale, lost] = restored(a, b, double(batch.s.k));
  lines::add_restored(bound.data(), c.get(), bound.size(), scale, lost);
}

Bounded multiply(const Bounded& a, const Bounded& b, const Batch& batch, Shape shape, Precision p,
                 const Rounded* sizes = nullptr) {
  const double k = double(batch.s.k),
               size = double(batch.s.m) * double(batch.s.n) * double(batch.count);
  require(size <= kMaxElements && size * k <= kMaxProducts, "too large to recompute");
  Bounded result(std::move(shape));
  multiply<double>(result.value.data(), a.value.data(), b.value.data(), batch);
  if (p.rounding == Rounding::kNone) return result;
  const double g = product_error(k, p), again = carried_share(g, p);
  const Rounded own = sizes == nullptr ? sizes_of(b, 1, 0) : Rounded();
  add_products(result.bound, sizes_of(a, g, again), sizes == nullptr ? own : *sizes, batch);
  if (sizes == nullptr && !is_exact(b))
    add_products(result.bound, sizes_of(a, again, again), sizes_of(b, 0, 1), batch);
  for (double& bound : result.bound) bound += k * p.tiny;
  return result;
}

// Rows of the last axis.
std::size_t rows_of(const Bounded& x) {
  require(!x.shape.empty() && x.shape.back() > 0, "no elements");
  return x.size() / std::size_t(x.shape.back());
}

}  // namespace

Bounded matmul(const Bounded& a, const Bounded& b, Precision p, const Rounded* sizes) {
  require(!a.shape.empty() && b.shape.size() == 2, "matrix product of unexpected rank");
  require(a.shape.back() == b.shape[0], "input size differs from the kernel's");
  Shape shape = a.shape;
  shape.back() = b.shape[1];
  const std::size_t k = std::size_t(b.shape[0]);
  const Sizes s{k == 0 ? 0 : a.size() / k, k, std::size_t(b.shape[1])};
  return multiply(a, b, {s}, std::move(shape), p, sizes);
}

Bounded batch_matmul(const Bounded& a, const Bounded& b, Precision p, Turned turned) {
  const std::size_t rank = a.shape.size();
  require(rank >= 2 && b.shape.size() == rank &&
              std::equal(a.shape.begin(), a.shape.end() - 2, b.shape.begin()),
          "products of different batches");
  Shape left(a.shape.end() - 2, a.shape.end()), right(b.shape.end() - 2, b.shape.end());
  if (turned.a) std::swap(left[0], left[1]);
  if (turned.b) std::swap(right[0], right[1]);
  require(left[1] == right[0], "sizes differ in a product");
  Shape shape = a.shape;
  shape[rank - 2] = left[0], shape[rank - 1] = right[1];
  const std::size_t count = element_count(Shape(shape.begin(), shape.end() - 2));
  return multiply(a, b,
                  {{std::size_t(left[0]), std::size_t(left[1]), std::size_t(right[1])},
                   turned.a,
                   turned.b,
                   count},
                  std::move(shape), p);
}

Bounded matmul_by_input(const Bounded& seed, const Bounded& w, Precision p, const Rounded* sizes) {
  require(w.shape.size() == 2, "matrix product of unexpected rank");
  const std::size_t m = rows_of(seed);
  require(seed.shape.back() == w.shape[1], "derivative size differs from the kernel's");
  Shape shape = seed.shape;
  shape.back() = w.shape[0];
  return multiply(seed, w, {{m, std::size_t(w.shape[1]), std::size_t(w.shape[0])}, false, true},
                  std::move(shape), p, sizes);
}

Bounded matmul_by_weight(const Bounded& x, const Bounded& seed, Precision p) {
  const std::size_t m = rows_of(x);
  require(rows_of(seed) == m, "derivative size differs from the input's");
  return multiply(x, seed, {{std::size_t(x.shape.back()), m, std::size_t(seed.shape.back())}, true},
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
