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

// Calls that leave some KiB in use; resident memory stays what it is.
testing::Outcome leaving(int calls, double kib, const Json& more, bool builtin = true) {
  std::vector<Json> events{{{"kind", "model"},
                            {"id", "model:1"},
                            {"class", "Sequential"},
                            {"builtin", true},
                            {"layers", Json::array({{{"class", "Dense"}, {"builtin", builtin}}})}}};
  for (int i = 0; i < calls; ++i) {
    Json args = {{"x", {{"v", {{"$array", {{"shape", {4, 2}}}}}, {"given", true}}}}};
    args.update(more);
    events.push_back({{"kind", "call"},
                      {"id", i},
                      {"api", "Model.evaluate"},
                      {"self", "model:1"},
                      {"args", args},
                      {"where", {{"file", "p.py"}, {"line", 9}}}});
    const double before = 1e8 + 1e6 * (i % 4);
    events.push_back({{"kind", "return"},
                      {"id", i},
                      {"rss", 2e8},
                      {"live_before", before},
                      {"live", before + 1024 * kib + 512 * (i % 7) + (i % 9 == 0 ? 3e6 : 0)}});
  }
  return testing::run_rule("steady-memory", events);
}

TEST(SteadyMemory, BytesLeftInUseByEveryCall) {
  const auto outcome = leaving(24, 100, Json::object());
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_NE(outcome.findings[0].message.find("at least 100 KiB"), std::string::npos);
  EXPECT_TRUE(leaving(24, 2, Json::object()).findings.empty());
  EXPECT_TRUE(leaving(15, 100, Json::object()).findings.empty());
}

TEST(SteadyMemory, CodeOfTheProgramInsideTheCallsMayKeepIt) {
  EXPECT_TRUE(leaving(24, 100, Json::object(), false).findings.empty());
  EXPECT_TRUE(leaving(24, 100, {{"callbacks", {{"v", Json::array({"x"})}}}}).findings.empty());
  EXPECT_TRUE(leaving(24, 100, {{"y", {{"v", {{"$object", "p.Rows"}}}}}}).findings.empty());
}

TEST(SteadyMemory, WhatOneCallInThreeLeavesIsGivenBack) {
  std::vector<double> left;
  for (int i = 0; i < 16; ++i) left.push_back(i % 3 == 0 ? -2 : 1);
  EXPECT_EQ(median_lower_limit(left, 1e-4), -2.0);
}

TEST(Statistics, TheLimitOfAMedianIsAnOrderStatistic) {
  std::vector<double> values;
  for (int i = 13; i >= 0; --i) values.push_back(i);
  EXPECT_EQ(median_lower_limit(values, 1e-4), 0.0);  // 2^-14 is below 1e-4, 2^-13 is not
  values.pop_back();
  EXPECT_TRUE(std::isinf(median_lower_limit(values, 1e-4)));
  for (int i = 13; i < 100; ++i) values.push_back(i + 1);
  // P(Bin(100, 1/2) <= 30) = 3.9e-5, P(... <= 31) = 9.2e-5, P(... <= 32) = 2.0e-4.
  EXPECT_EQ(values.size(), 100U);
  EXPECT_EQ(median_lower_limit(values, 1e-4), 32.0);
}

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
