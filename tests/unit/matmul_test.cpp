#include "reference/ops/matmul.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace kerasan::reference {
namespace {

// Factors of sizes from 1e-30 to 1e30, some exact and some zero.
Bounded drawn(Shape shape, std::mt19937& random) {
  std::uniform_real_distribution<double> exponent(-30, 30), mantissa(-1, 1);
  Bounded out(std::move(shape));
  const double scale = std::pow(10.0, exponent(random));
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % 7 == 3) continue;
    out.value[i] = scale * mantissa(random) * std::pow(10.0, exponent(random) / 10);
    if (i % 3 == 0) out.bound[i] = std::fabs(out.value[i]) * 1e-6;
  }
  return out;
}

Bounded turned(const Bounded& x) {
  Bounded y(Shape{x.shape[1], x.shape[0]});
  for (std::int64_t i = 0; i < x.shape[0]; ++i)
    for (std::int64_t j = 0; j < x.shape[1]; ++j) {
      y.value[std::size_t(j * x.shape[0] + i)] = x.value[std::size_t(i * x.shape[1] + j)];
      y.bound[std::size_t(j * x.shape[0] + i)] = x.bound[std::size_t(i * x.shape[1] + j)];
    }
  return y;
}

TEST(Matmul, BoundIsThatOfDoublePrecisionRoundedUp) {
  std::mt19937 random(7);
  const Precision p = precision_of(DType::kFloat32);
  for (int round = 0; round < 50; ++round) {
    const std::int64_t m = 1 + round % 5, k = 1 + round * 7 % 40, n = 1 + round % 9;
    const Bounded a = drawn({m, k}, random), b = drawn({k, n}, random);
    const Bounded y = matmul(a, b, p);
    const double g = gamma(double(k) + 2, p.u);
    double largest_a = 0, largest_b = 0;
    for (double v : a.value) largest_a = std::max(largest_a, std::fabs(v));
    for (double v : b.value) largest_b = std::max(largest_b, std::fabs(v));
    const double lost = double(k) * (1e-34 * largest_a * largest_b + p.tiny);
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        double value = 0, bound = 0;
        for (std::int64_t t = 0; t < k; ++t) {
          const auto l = std::size_t(i * k + t), r = std::size_t(t * n + j);
          const double size = std::fabs(a.value[l]);
          value += a.value[l] * b.value[r];
          bound +=
              (g * size + a.bound[l]) * std::fabs(b.value[r]) + (size + a.bound[l]) * b.bound[r];
        }
        const auto at = std::size_t(i * n + j);
        EXPECT_NEAR(y.value[at], value, 1e-12 * largest_a * largest_b * double(k));
        EXPECT_GE(y.bound[at], bound * (1 - 1e-12));
        EXPECT_LE(y.bound[at], bound * (1 + 1e-4) + lost);
      }
  }
}

TEST(Matmul, DerivativesAreProductsWithTheOtherFactorTurned) {
  std::mt19937 random(8);
  const Precision p = precision_of(DType::kFloat32);
  const Bounded x = drawn({6, 4}, random), w = drawn({4, 3}, random), seed = drawn({6, 3}, random);
  const Bounded by_input = matmul_by_input(seed, w, p), expected = matmul(seed, turned(w), p);
  EXPECT_EQ(by_input.shape, (Shape{6, 4}));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_DOUBLE_EQ(by_input.value[i], expected.value[i]);
    EXPECT_NEAR(by_input.bound[i], expected.bound[i], 1e-5 * expected.bound[i]);
  }
  const Bounded by_weight = matmul_by_weight(x, seed, p), other = matmul(turned(x), seed, p);
  EXPECT_EQ(by_weight.shape, (Shape{4, 3}));
  for (std::size_t i = 0; i < other.size(); ++i) {
    EXPECT_DOUBLE_EQ(by_weight.value[i], other.value[i]);
    EXPECT_NEAR(by_weight.bound[i], other.bound[i], 1e-5 * other.bound[i]);
  }
}

TEST(Matmul, WhatIsNotFiniteStaysInItsRow) {
  Bounded a(Shape{2, 1}), b(Shape{1, 1});
  a.value = {INFINITY, 2};
  b.value = {3};
  const Bounded y = matmul(a, b, precision_of(DType::kFloat32));
  EXPECT_FALSE(std::isfinite(y.value[0]));
  EXPECT_FALSE(std::isfinite(y.bound[0]));
  EXPECT_EQ(y.value[1], 6);
  EXPECT_LT(y.bound[1], 1e-5);
}

}  // namespace
}  // namespace kerasan::reference
