// Rule slower-than-baseline, the figures that it compares, and its test.
#include <gtest/gtest.h>

#include <random>

#include "../rule_run.h"
#include "base/statistics.h"
#include "checks/performance.h"

namespace kerasan::checks {
namespace {

using model::Json;

TEST(RankTest, IsExact) {
  const std::vector<double> low{1, 2, 3, 4, 5, 6, 7, 8}, high{9, 10, 11, 12, 13, 14, 15, 16};
  EXPECT_NEAR(rank_test(low, high), 1 / 12870.0, 1e-12);  // of C(16, 8) orders, one
  EXPECT_NEAR(rank_test(high, low), 1, 1e-12);
  // 3 of 4 pairs are above: two of the six orders have as many.
  EXPECT_NEAR(rank_test(std::vector<double>{1, 3}, std::vector<double>{2, 4}), 2 / 6.0, 1e-12);
  EXPECT_EQ(rank_test(low, {}), 1);
  EXPECT_GT(rank_test(low, low), 0.5);  // a tie counts for the other side
}

// Of 2000 pairs of one distribution, a share near the level is below it.
TEST(RankTest, KeepsItsErrorRate) {
  std::mt19937 random(7);
  std::lognormal_distribution<double> draw(0, 1);
  int below = 0;
  for (int k = 0; k < 2000; ++k) {
    std::vector<double> a(12), b(9);
    for (double& value : a) value = draw(random);
    for (double& value : b) value = draw(random);
    below += rank_test(a, b) < 0.01 ? 1 : 0;
  }
  EXPECT_LE(below, 35);
  EXPECT_GE(below, 5);
}

Json event(const std::string& kind, Json body) {
  body["kind"] = kind;
  return body;
}

// A program of `loops` epochs, each of 10 steps of `seconds`.
Json figures(double seconds, double busy, int loops = 20, int python = 0, double traces = 3,
             double kept = 0) {
  Performance performance;
  const auto feed = [&](const std::string& kind, const Json& body) {
    performance.take({kind, 0, 1, event(kind, body)});
  };
  const Json where{{"file", "/home/train.py"}, {"line", 8}, {"function", "main"}};
  for (int k = 0; k < loops; ++k) {
    feed("call", {{"id", k}, {"api", "Model.fit"}, {"self", "model:1"}, {"where", where}});
    feed("step", {{"call", k}, {"phase", "train"}, {"python_calls", python}});
    const double noise = 1 + 0.01 * (k % 7);
    feed("phase", {{"call", k},
                   {"phase", "train"},
                   {"steps", 10},
                   {"seconds", 10 * seconds * noise},
                   {"processor_seconds", 10 * busy * noise}});
    feed("return",
         {{"id", k}, {"traces", std::min<double>(k + 1, traces)}, {"rss", 1e8 + kept * k}});
  }
  return performance.to_json();
}

testing::Outcome compared(const Json& before, const Json& now) {
  testing::Outcome outcome;
  compare_performance(before, now, outcome);
  return outcome;
}

TEST(SlowerThanBaseline, EqualRunsAgree) {
  const auto outcome = compared(figures(0.01, 0.01), figures(0.011, 0.012));
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.agreed, 4u);  // time, Python, traces, memory
}

TEST(SlowerThanBaseline, TwiceTheTimeOfBothKinds) {
  const auto outcome = compared(figures(0.01, 0.01), figures(0.03, 0.03));
  ASSERT_EQ(outcome.findings.size(), 1u);
  EXPECT_EQ(outcome.findings[0].scenario, "performance-degradation");
  EXPECT_EQ(outcome.findings[0].where["line"], 8);
  EXPECT_TRUE(compared(figures(0.03, 0.03), figures(0.01, 0.01)).findings.empty());
}

TEST(SlowerThanBaseline, ABusyMachineIsNoFinding) {
  EXPECT_TRUE(compared(figures(0.01, 0.01), figures(0.04, 0.011)).findings.empty());
}

TEST(SlowerThanBaseline, FewLoopsAndOtherMachinesAreNotChecked) {
  const auto few = compared(figures(0.01, 0.01, 5), figures(0.1, 0.1, 5));
  EXPECT_TRUE(few.findings.empty());
  EXPECT_GE(few.skipped, 1u);
  Json other = figures(0.01, 0.01);
  other["machine"]["processor"] = "another";
  EXPECT_TRUE(compared(other, figures(0.1, 0.1)).findings.empty());
}

// One epoch of 160 steps, told in blocks of ten.
Json one_loop(double busy, const Json& more = nullptr) {
  Performance performance;
  const auto feed = [&](const std::string& kind, const Json& body) {
    performance.take({kind, 0, 1, event(kind, body)});
  };
  Json took = Json::array();
  for (int k = 0; k < 16; ++k) took.push_back({10 * busy, 10 * busy * (1 + 0.01 * (k % 3))});
  took[0][1] = 100;  // traces the step
  if (!more.is_null()) took = more;
  feed("call", {{"id", 1}, {"api", "Model.fit"}, {"where", {{"file", "train.py"}, {"line", 8}}}});
  feed("phase", {{"call", 1},
                 {"phase", "train"},
                 {"steps", 160},
                 {"seconds", 160 * busy},
                 {"processor_seconds", 160 * busy},
                 {"blocks", {{"steps", 10}, {"took", took}}}});
  return performance.to_json();
}

TEST(SlowerThanBaseline, BlocksOfStepsWhereThereAreFewLoops) {
  EXPECT_EQ(compared(one_loop(0.01), one_loop(0.03)).findings.size(), 1u);
  EXPECT_EQ(compared(one_loop(0.01), one_loop(0.018)).agreed, 1u);
  EXPECT_EQ(one_loop(0.01)["places"][0]["processor_seconds_per_step"].size(), 12u);
  for (const Json& broken :
       {Json(3), Json({1, 2, 3, 4, 5}), Json({{1, "x"}, {2, 3}, {nullptr, 1}})})
    EXPECT_EQ(compared(one_loop(0.01), one_loop(0.03, broken)).skipped, 1u);
}

TEST(SlowerThanBaseline, PythonTracesAndMemory) {
  const Json before = figures(0.01, 0.01);
  EXPECT_EQ(compared(before, figures(0.01, 0.01, 20, 4)).findings.size(), 1u);
  EXPECT_EQ(compared(before, figures(0.01, 0.01, 20, 0, 20)).findings.size(), 1u);
  EXPECT_EQ(compared(before, figures(0.01, 0.01, 20, 0, 3, 1 << 20)).findings.size(), 1u);
  EXPECT_TRUE(compared(before, figures(0.01, 0.01, 20, 0, 4, 1 << 10)).findings.empty());
}

TEST(SlowerThanBaseline, DamagedFiguresAreNoFinding) {
  for (const char* text : {"{}", R"({"places": 3})", R"({"places": [{"api": 4}, {}]})"})
    EXPECT_TRUE(compared(Json::parse(text), figures(0.01, 0.01)).findings.empty()) << text;
}

}  // namespace
}  // namespace kerasan::checks
