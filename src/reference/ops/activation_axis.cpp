// Activations that look at a whole axis: sparsemax and glu.
#include <algorithm>
#include <cmath>
#include <functional>

#include "reference/ops/activation.h"
#include "reference/ops/guard.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

// Brings the axis to the end, applies `along` to the lines, and back.
Bounded with_last_axis(const Bounded& x, std::int64_t axis,
                       const std::function<Bounded(const Bounded&)>& along) {
  const auto at = std::size_t(normal_axis(axis, x.shape.size()));
  std::vector<std::size_t> perm(x.shape.size());
  for (std::size_t i = 0; i < perm.size(); ++i) perm[i] = i;
  std::swap(perm[at], perm.back());
  return permute(along(permute(x, perm)), perm);
}

// tau of one line: with z sorted downwards, (sum of the first k - 1) / k for the largest k with
// 1 + k z_k > sum of the first k.
double threshold_of(std::vector<double> z) {
  std::sort(z.begin(), z.end(), std::greater<>());
  double sum = 0, tau = 0;
  for (std::size_t k = 0; k < z.size(); ++k) {
    sum += z[k];
    if (1 + double(k + 1) * z[k] > sum) tau = (sum - 1) / double(k + 1);
  }
  return tau;
}

struct Threshold {
  double tau = 0;
  double loss = 0;  // how far the framework's own may be from it
};

// tau moves by no more than the largest error of x; its sum of k terms and a wrongly judged end of
// the support cost gamma_n of the mean size each.
Threshold threshold_in(const Bounded& x, std::size_t at, std::size_t length, Precision p) {
  const std::vector<double> z(x.value.begin() + std::ptrdiff_t(at),
                              x.value.begin() + std::ptrdiff_t(at + length));
  double size = 0, drift = 0;
  for (std::size_t i = at; i < at + length; ++i) {
    size = std::max(size, std::fabs(x.value[i]));
    drift = std::max(drift, x.bound[i]);
  }
  return {threshold_of(z), drift + 4 * gamma(double(length) + 4, p) * (1 + size)};
}

Bounded sparsemax_lines(const Bounded& x, Precision p) {
  Bounded y(x.shape);
  const auto length = std::size_t(x.shape.back());
  for (std::size_t at = 0; at < x.size(); at += length) {
    const auto [tau, loss] = threshold_in(x, at, length, p);
    for (std::size_t i = at; i < at + length; ++i) {
      y.value[i] = std::max(x.value[i] - tau, 0.0);
      const bool zero = x.value[i] + x.bound[i] + loss < tau;
      y.bound[i] = zero ? 0 : x.bound[i] + loss + p.u * y.value[i];
    }
  }
  return y;
}

Bounded glu_lines(const Bounded& x, Precision p) {
  require(x.shape.back() % 2 == 0, "glu of an odd axis");
  Shape shape = x.shape;
  const auto half = std::size_t(shape.back() /= 2);
  Bounded y(shape), gate(shape);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t from = i / half * 2 * half + i % half;
    y.value[i] = x.value[from], y.bound[i] = x.bound[from];
    gate.value[i] = x.value[from + half], gate.bound[i] = x.bound[from + half];
  }
  gate = activate("sigmoid", std::move(gate), p);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double a = y.value[i], g = gate.value[i];
    y.value[i] = a * g;
    y.bound[i] = y.bound[i] * (g + gate.bound[i]) + std::fabs(a) * gate.bound[i] +
                 p.u * std::fabs(a * g) + p.tiny;
  }
  return y;
}

}  // namespace

Bounded sparsemax(const Bounded& x, std::int64_t axis, Precision p) {
  return with_last_axis(x, axis, [&](const Bounded& lines) { return sparsemax_lines(lines, p); });
}

// On its support, where x > tau, the derivative takes the mean of the seeds there away (Martins and
// Astudillo, proposition 2). Where an element may or may not belong to it, any of that is within
// twice the largest seed.
Bounded sparsemax_reverse(const Bounded& x, const Bounded& seed, Precision p) {
  require(x.size() == seed.size() && !x.shape.empty(), "sizes differ in a derivative");
  Bounded out(x.shape);
  const auto length = std::size_t(x.shape.back());
  for (std::size_t at = 0; at < x.size(); at += length) {
    const auto [tau, loss] = threshold_in(x, at, length, p);
    bool sure = true;
    double count = 0, sum = 0, sizes = 0, bounds = 0, largest = 0;
    for (std::size_t i = at; i < at + length; ++i) {
      sure = sure && std::fabs(x.value[i] - tau) > x.bound[i] + loss;
      const double size = std::fabs(seed.value[i]) + seed.bound[i];
      largest = std::max(largest, size);
      if (x.value[i] <= tau) continue;
      count += 1, sum += seed.value[i], sizes += size, bounds += seed.bound[i];
    }
    for (std::size_t i = at; i < at + length; ++i) {
      const bool supported = x.value[i] > tau;
      if (sure && !supported) continue;
      out.value[i] = sure ? seed.value[i] - sum / count : 0;
      out.bound[i] =
          sure ? seed.bound[i] + bounds / count +
                     gamma(double(length) + 4, p) * (std::fabs(seed.value[i]) + sizes / count) +
                     p.tiny
               : 2 * largest * (1 + 8 * p.u);
    }
  }
  return out;
}

// By a: sigmoid(b); by b: a sigmoid'(b).
Bounded glu_reverse(const Bounded& x, const Bounded& seed, Precision p) {
  require(!x.shape.empty() && x.shape.back() % 2 == 0 && seed.size() * 2 == x.size(),
          "glu of an odd axis");
  const auto half = std::size_t(x.shape.back() / 2);
  Bounded a(seed.shape), b(seed.shape);
  const auto place = [&](std::size_t i) { return i / half * 2 * half + i % half; };
  for (std::size_t i = 0; i < seed.size(); ++i) {
    a.value[i] = x.value[place(i)], a.bound[i] = x.bound[place(i)];
    b.value[i] = x.value[place(i) + half], b.bound[i] = x.bound[place(i) + half];
  }
  const Bounded by_a = product(activate("sigmoid", b, p), seed, p);
  const Bounded by_b = activate_reverse("sigmoid", b, product(a, seed, p), p);
  Bounded out(x.shape);
  for (std::size_t i = 0; i < seed.size(); ++i) {
    out.value[place(i)] = by_a.value[i], out.bound[place(i)] = by_a.bound[i];
    out.value[place(i) + half] = by_b.value[i], out.bound[place(i) + half] = by_b.bound[i];
  }
  return out;
}

Bounded glu(const Bounded& x, std::int64_t axis, Precision p) {
  return with_last_axis(x, axis, [&](const Bounded& lines) { return glu_lines(lines, p); });
}

}  // namespace kerasan::reference
