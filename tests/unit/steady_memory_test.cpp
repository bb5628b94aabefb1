#include <gtest/gtest.h>

#include <cmath>

#include "../rule_run.h"
#include "base/statistics.h"

namespace kerasan {
namespace {

using model::Json;

testing::Outcome judge(int calls, double kib_a_call, const Json& functions_a_call) {
  std::vector<Json> events;
  for (int i = 0; i < calls; ++i) {
    events.push_back({{"kind", "call"},
                      {"id", i},
                      {"api", "Model.evaluate"},
                      {"self", "model:1"},
                      {"where", {{"file", "p.py"}, {"line", 9}}}});
    // Pages come in lumps: a jump every third call.
    const double rss = 2e8 + 1024 * kib_a_call * (i - i % 3) + 4096 * (i * 7 % 5);
    Json end = {{"kind", "return"}, {"id", i}, {"rss", rss}, {"functions", nullptr}};
    if (!functions_a_call.is_null()) end["functions"] = 6 + i * functions_a_call.get<int>();
    events.push_back(end);
  }
  return testing::run_rule("steady-memory", events);
}

TEST(SteadyMemory, ALeakIsFound) {
  EXPECT_EQ(judge(80, 560, nullptr).findings.size(), 1U);
  const auto outcome = judge(80, 560, 3);
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "performance-degradation");
}

TEST(SteadyMemory, TheGrowthOfHealthyAllocatorsIsNot) {
  const auto outcome = judge(80, 60, nullptr);
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.agreed, 80U);
}

TEST(SteadyMemory, FewCallsAndASilentSecondWitness) {
  EXPECT_TRUE(judge(14, 560, nullptr).findings.empty());
  EXPECT_TRUE(judge(80, 560, 0).findings.empty());
}

TEST(SteadyMemory, WhatTheProgramKeepsIsNotTheCalls) {
  for (const bool inside : {false, true}) {
    std::vector<Json> events;
    for (int i = 0; i < 40; ++i) {
      events.push_back({{"kind", "inner_call"},
                        {"api", "Model.predict"},
                        {"self", "model:1"},
                        {"where", {{"file", "p.py"}, {"line", 9}}},
                        {"args", {{"x", {{"$array", {{"shape", {10 + i % 4, 2}}}}}}}},
                        {"rss_before", 1e8 + 400e3 * (inside ? i : i + 1)},
                        {"rss", 1e8 + 400e3 * (i + 1)}});
    }
    EXPECT_EQ(testing::run_rule("steady-memory", events).findings.size(), inside ? 1U : 0U);
    for (auto& event : events) event["args"]["callbacks"] = {{"v", {1}}};
    EXPECT_TRUE(testing::run_rule("steady-memory", events).findings.empty());
    for (auto& event : events) event["args"].erase("callbacks");
    for (auto& event : events) event["result"] = {{"$array", {{"shape", {250, 200}}}}};
    EXPECT_TRUE(testing::run_rule("steady-memory", events).findings.empty());
  }
}

TEST(SteadyMemory, LongRunsKeepTheirSlope) { EXPECT_EQ(judge(3000, 560, 3).findings.size(), 1U); }

TEST(Statistics, SenSlopeOfALineWithOutliers) {
  std::vector<double> x, y;
  for (int i = 0; i < 40; ++i) x.push_back(i), y.push_back(i == 20 ? 1e9 : 2.0 * i);
  const Slope slope = sen_slope(x, y, 3.719);
  EXPECT_EQ(slope.estimate, 2.0);
  EXPECT_EQ(slope.lower, 2.0);
  for (int i = 0; i < 40; ++i) y[i] = i % 2;
  EXPECT_LE(sen_slope(x, y, 3.719).lower, 0.0);
}

}  // namespace
}  // namespace kerasan
