#include "reference/ops/row_norm.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/vectorised.h"
#include "reference/ops/activation.h"
#include "reference/ops/elementwise.h"
#include "reference/ops/guard.h"
#include "reference/ops/lines.h"
#include "reference/ops/matmul.h"
#include "reference/ops/reverse.h"
#include "reference/ops/slope.h"
#include "reference/ops/smooth_lines.h"

namespace kerasan::reference {
namespace {

std::size_t rows_of(const Bounded& x) { return x.shape.empty() ? 1 : std::size_t(x.shape[0]); }

double row_norm(const std::vector<double>& values, std::size_t row, std::size_t width) {
  return std::sqrt(lines::sum_of_squares(values.data() + row * width, width));
}

// Infinity, not the other operand, where one is no number.
double larger(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::infinity();
  return std::max(a, b);
}

// Each of the two bounds by what the other tells.
void tighten(Normed& x) {
  const std::size_t width = x.width();
  for (std::size_t r = 0; r < x.norm.size(); ++r) {
    lines::limit(x.bound.data() + r * width, width, x.norm[r]);
    const double whole = row_norm(x.bound, r, width);
    if (!(x.norm[r] <= whole)) x.norm[r] = whole;
  }
}

// What products with no error of x give, with the norms of rows (or columns) of the kernel.
Normed with_product(const Normed& x, Bounded y, const std::vector<double>& lines, double norm,
                    double terms, Precision p) {
  const std::size_t width = lines.size();
  const double again = product_error(terms, p);
  std::vector<double> local = y.bound;
  for (std::size_t k = 0; k < y.size(); ++k) {
    const double carried = lines[k % width] * x.norm[k / width];
    local[k] += again * carried;
    y.bound[k] = local[k] + carried;
  }
  const std::vector<double> factor(y.size(), norm);
  return with_norms(std::move(y), {{x.norm, factor}}, local);
}

Bounded without_error(const Bounded& x) {
  Bounded y = x;
  std::fill(y.bound.begin(), y.bound.end(), 0.0);
  return y;
}

}  // namespace

Normed::Normed(Bounded b) : Bounded(std::move(b)), norm(rows_of(*this)) {
  for (std::size_t r = 0; r < norm.size(); ++r) norm[r] = row_norm(bound, r, width());
}

void settle(const LayerCall& call, std::vector<Normed>& outcomes) {
  if (call.roundings == nullptr) return;
  for (Normed& one : outcomes) {
    call.roundings->settle(one);
    std::fill(one.norm.begin(), one.norm.end(), 0.0);
  }
}

Normed with_norms(Bounded y, const std::vector<Share>& shares, const std::vector<double>& local) {
  Normed out(std::move(y));
  const std::size_t width = out.width();
  for (std::size_t r = 0; r < out.norm.size(); ++r) {
    double norm = row_norm(local, r, width);
    for (const Share& share : shares) {
      if (share.norm[r] == 0) continue;
      norm += lines::most(share.factor.data() + r * width, width) * share.norm[r];
    }
    out.norm[r] = norm;
  }
  tighten(out);
  return out;
}

Kernel::Kernel(Bounded m, Precision p) : matrix(std::move(m)) {
  require(matrix.shape.size() == 2, "kernel of unexpected shape");
  if (p.rounding == Rounding::kIndependent && is_exact(matrix))
    sizes = std::make_shared<const Rounded>(sizes_of(matrix, 1, 0));
  if (!carries_errors(p)) return;
  const auto height = std::size_t(matrix.shape[0]), width = std::size_t(matrix.shape[1]);
  rows.resize(height), columns.resize(width);
  for (std::size_t k = 0; k < matrix.size(); ++k) {
    const double size = std::fabs(matrix.value[k]) + matrix.bound[k];
    rows[k / width] += size * size, columns[k % width] += size * size;
  }
  for (double& v : rows) v = std::sqrt(v);
  for (double& v : columns) v = std::sqrt(v);
  norm = spectral_norm(matrix);
}

// The Frobenius norm and the root of |m|_1 |m|_inf.
double simple_norm(const Bounded& m) {
  const auto width = std::size_t(m.shape.at(1));
  std::vector<double> rows(std::size_t(m.shape[0])), columns(width);
  double square = 0;
  for (std::size_t k = 0; k < m.size(); ++k) {
    const double size = std::fabs(m.value[k]) + m.bound[k];
    rows[k / width] += size, columns[k % width] += size, square += size * size;
  }
  const double most = *std::max_element(rows.begin(), rows.end()) *
                      *std::max_element(columns.begin(), columns.end());
  return std::sqrt(std::min(square, most));
}

// |m|^2 = |m m'| and, of a symmetric g, |g|^k = |g^k|, which is at most its Frobenius norm and its
// largest sum of magnitudes in a row. The 16th power of m m' leaves a factor of 64^(1/64) of 64
// rows.
double spectral_norm(const Bounded& m) {
  const std::int64_t n = m.shape.at(0);
  if (m.size() == 0) return 0;
  if (double(n) * double(m.size()) > kMaxProducts / 4) return simple_norm(m);
  const Precision own{0x1p-53, 0};
  const double errors = row_norm(m.bound, 0, m.size());
  Bounded power = matmul_by_input(without_error(m), without_error(m), own);
  double scale = 1, root = 1;  // |m m'| <= scale * |power|^root
  for (int step = 0;; ++step) {
    double largest = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      double sum = 0;
      for (std::int64_t j = 0; j < n; ++j) sum += std::fabs(power.value[std::size_t(i * n + j)]);
      largest = larger(largest, sum);
    }
    const double bound = std::min(largest, row_norm(power.value, 0, power.size()));
    if (step == 4 || !(bound > 0) || !std::isfinite(bound))
      return std::sqrt(scale * std::pow(bound, root)) * (1 + 1e-6) + errors;
    for (double& v : power.value) v /= bound;
    scale *= std::pow(bound, root);
    power = matmul(without_error(power), without_error(power), own);
    root /= 2;
  }
}

Normed matmul(const Normed& x, const Kernel& by, Precision p) {
  if (!carries_errors(p)) return matmul(x.plain(), by.matrix, p, by.sizes.get());
  return with_product(x, matmul(without_error(x), by.matrix, p), by.columns, by.norm,
                      double(by.rows.size()), p);
}

Normed matmul_by_input(const Normed& seed, const Kernel& by, Precision p) {
  if (!carries_errors(p)) return matmul_by_input(seed.plain(), by.matrix, p, by.sizes.get());
  return with_product(seed, matmul_by_input(without_error(seed), by.matrix, p), by.rows, by.norm,
                      double(by.columns.size()), p);
}

Normed plus(const Normed& a, const Normed& b, Precision p) {
  Bounded y = plus(a.plain(), b.plain(), p);
  if (!carries_errors(p)) return y;
  std::vector<double> local(y.size());
  for (std::size_t k = 0; k < y.size(); ++k) local[k] = y.bound[k] - (a.bound[k] + b.bound[k]);
  const std::vector<double> one(y.size(), 1.0);
  return with_norms(std::move(y), {{a.norm, one}, {b.norm, one}}, local);
}

Normed times(const Normed& x, const Bounded& factor, Precision p) {
  Bounded y = product(x, factor, p);
  if (!carries_errors(p)) return y;
  std::vector<double> local(y.size()), most(y.size());
  for (std::size_t k = 0; k < y.size(); ++k) {
    most[k] = std::fabs(factor.value[k]) + factor.bound[k];
    local[k] = y.bound[k] - most[k] * x.bound[k];
  }
  return with_norms(std::move(y), {{x.norm, most}}, local);
}

Normed times(const Normed& a, const Normed& b, Precision p) {
  Bounded y = product(a, b, p);
  if (!carries_errors(p)) return y;
  std::vector<double> local(y.size()), by_a(y.size()), by_b(y.size());
  for (std::size_t k = 0; k < y.size(); ++k) {
    by_a[k] = std::fabs(b.value[k]);
    by_b[k] = std::fabs(a.value[k]) + a.bound[k];
    local[k] = y.bound[k] - (by_a[k] * a.bound[k] + by_b[k] * b.bound[k]);
  }
  return with_norms(std::move(y), {{a.norm, by_a}, {b.norm, by_b}}, local);
}

Normed with_bias(const Normed& x, const Bounded& bias, Precision p, double terms) {
  Bounded y = x;
  add_bias(y, bias, p, terms);
  if (!carries_errors(p)) return y;
  std::vector<double> local(y.size());
  for (std::size_t k = 0; k < local.size(); ++k) local[k] = y.bound[k] - x.bound[k];
  const std::vector<double> one(y.size(), 1.0);
  return with_norms(std::move(y), {{x.norm, one}}, local);
}

Normed columns(const Normed& x, std::int64_t first, std::int64_t count) {
  Normed y(columns(x.plain(), first, count));
  for (std::size_t r = 0; r < y.norm.size(); ++r)
    if (x.norm[r] < y.norm[r]) y.norm[r] = x.norm[r];
  return y;
}

Normed joined(Normed a, const Normed& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a.value[i] += b.value[i], a.bound[i] += b.bound[i];
  for (std::size_t r = 0; r < a.norm.size(); ++r) a.norm[r] += b.norm[r];
  return a;
}

Normed beside(const std::vector<Normed>& parts) {
  std::size_t width = 0, first = 0;
  for (const Normed& one : parts) width += one.width();
  const std::size_t rows = parts.at(0).norm.size();
  Normed out(Bounded(Shape{std::int64_t(rows), std::int64_t(width)}));
  for (const Normed& one : parts) {
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t j = 0; j < one.width(); ++j) {
        out.value[r * width + first + j] = one.value[r * one.width() + j];
        out.bound[r * width + first + j] = one.bound[r * one.width() + j];
      }
      out.norm[r] = std::hypot(out.norm[r], one.norm[r]);
    }
    first += one.width();
  }
  return out;
}

namespace {

// What is rounded where the framework's x is, which is as far away as its bound.
inline double moved_rounding(double rounding, double y_bound, double x_bound, Precision p) {
  return rounding + 32 * p.u * (y_bound + x_bound);
}

KERASAN_VECTORISED
void bound_smooth(const SmoothFunction f, lines::Line y, const double* x_bound,
                  lines::Line derivative, double* local, Precision p) {
  for (std::size_t k = 0; k < y.size; ++k) {
    const double v = y.value[k], d = x_bound[k], spread = f.spread(v, d);
    const double bound = spread + f.rounding(v, spread, p);
    y.bound[k] = bound;
    derivative.value[k] = f.slope(v);
    derivative.bound[k] =
        f.curvature * d + (kSlopeRounding + 1) * p.u * (1 + f.curvature * d) + p.tiny;
    local[k] = moved_rounding(f.rounding(v, 0, p), bound, d, p);
  }
}

// One evaluation gives the value, its derivative and what bounds them.
Activated activated(const SmoothFunction& f, bool is_tangent, const Bounded& x, Precision p) {
  Activated out{Bounded(x.shape), Bounded(x.shape), std::vector<double>(x.size()), true};
  (is_tangent ? lines::tangent : lines::logistic)(out.y.value.data(), x.value.data(), x.size());
  if (p.rounding == Rounding::kNone) {
    for (std::size_t k = 0; k < x.size(); ++k) out.derivative.value[k] = f.slope(out.y.value[k]);
    return out;
  }
  bound_smooth(f, {out.y.value.data(), out.y.bound.data(), x.size()}, x.bound.data(),
               {out.derivative.value.data(), out.derivative.bound.data(), x.size()},
               out.local.data(), p);
  return out;
}

}  // namespace

Activated activated(std::string_view name, const Bounded& x, Precision p) {
  if (const SmoothFunction* smooth = find_smooth(name))
    return activated(*smooth, name == "tanh", x, p);
  Activated out{activate(name, x, p), Bounded(x.shape), {}, is_by_element(name)};
  out.local = out.y.bound;
  if (!out.by_element) return out;
  Bounded one(x.shape);
  std::fill(one.value.begin(), one.value.end(), 1.0);
  out.derivative = activate_reverse(name, x, one, p);
  const Bounded exact = activate(name, without_error(x), p);
  for (std::size_t k = 0; k < x.size(); ++k)
    out.local[k] = moved_rounding(exact.bound[k], out.y.bound[k], x.bound[k], p);
  return out;
}

Normed outcome(const Activated& at, const Normed& x, Precision p) {
  if (!carries_errors(p)) return at.y;
  std::vector<double> slopes(x.size());
  for (std::size_t k = 0; k < slopes.size(); ++k) slopes[k] = at.slope(k);
  return with_norms(at.y, {{x.norm, slopes}}, at.local);
}

Normed through(const Activated& at, std::string_view name, const Bounded& x, const Normed& seed,
               Precision p) {
  if (at.by_element) return times(seed, at.derivative, p);
  return activate_reverse(name, x, seed, p);
}

// One factor: the largest product is less than the product of the largest.
Normed through(const Activated& at, std::string_view name, const Bounded& x, const Bounded& factor,
               const Normed& seed, Precision p) {
  if (at.by_element) return times(seed, product(factor, at.derivative, p), p);
  return activate_reverse(name, x, times(seed, factor, p), p);
}

}  // namespace kerasan::reference
