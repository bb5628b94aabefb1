#include "reference/ops/smooth_lines.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace kerasan::reference {
namespace {

constexpr double kUlp = 0x1p-52;

std::vector<double> arguments() {
  std::vector<double> x{0, -0.0, 1e-300, -1e-300, 1e-9, 350, -350, 699, -699, 699.99, -699.99};
  for (double v = -40; v < 40; v += 0.00713) x.push_back(v);
  return x;
}

TEST(SmoothLines, TheHyperbolicTangentIsWithinSomeUlps) {
  const auto x = arguments();
  std::vector<double> y(x.size());
  lines::tangent(y.data(), x.data(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    EXPECT_LE(std::fabs(y[i] - std::tanh(x[i])), 4 * kUlp * std::fabs(std::tanh(x[i]))) << x[i];
}

TEST(SmoothLines, TheLogisticFunctionIsWithinSomeUlps) {
  const auto x = arguments();
  std::vector<double> y(x.size());
  lines::logistic(y.data(), x.data(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double e = std::exp(-std::fabs(x[i])), want = (x[i] >= 0 ? 1 : e) / (1 + e);
    EXPECT_LE(std::fabs(y[i] - want), 4 * kUlp * want) << x[i];
  }
}

TEST(SmoothLines, WhatIsFarOutOrNoNumberStaysSo) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::vector<double> x{-800, 800, -kInfinity, kInfinity, std::nan(""), -740};
  std::vector<double> logistic(x.size()), tangent(x.size());
  lines::logistic(logistic.data(), x.data(), x.size());
  lines::tangent(tangent.data(), x.data(), x.size());
  const double low[] = {0, 1, 0, 1}, signs[] = {-1, 1, -1, 1};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(logistic[i], low[i]) << x[i];
    EXPECT_EQ(tangent[i], signs[i]) << x[i];
  }
  EXPECT_TRUE(std::isnan(logistic[4]) && std::isnan(tangent[4]));
  EXPECT_EQ(logistic[5], std::exp(-740.0));
}

}  // namespace
}  // namespace kerasan::reference
