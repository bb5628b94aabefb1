#include <gtest/gtest.h>

#include "../rule_run.h"
#include "checks/progress_text.h"

namespace kerasan {
namespace {

using model::Json;

testing::Outcome judge(const std::vector<std::string>& pieces) {
  std::vector<Json> events{{{"kind", "call"},
                            {"id", 1},
                            {"api", "Model.evaluate"},
                            {"where", {{"file", "p.py"}, {"line", 7}}}}};
  for (const auto& piece : pieces)
    events.push_back({{"kind", "text"},
                      {"stream", "stdout"},
                      {"origin", "framework"},
                      {"call", 1},
                      {"text", piece}});
  events.push_back({{"kind", "return"}, {"id", 1}});
  return testing::run_rule("progress-bar-count", events);
}

TEST(ProgressBarCount, MoreThanTheTotal) {
  const auto outcome = judge({"\r640", "/1 [=====", std::string(20000, '='), "] - 0s\n"});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].claimed, "640/1");
  EXPECT_EQ(outcome.findings[0].where["line"], 7);
}

TEST(ProgressBarCount, HealthyLinesOfEveryGeneration) {
  EXPECT_EQ(judge({"\r 32/100 [===>....] - ETA: 0s\b\b\b\b", "\r100/100 [====] - 0s\n"}).agreed,
            1U);
  EXPECT_EQ(judge({"\r\x1b[1m4/4\x1b[0m \x1b[32m\u2501\u2501\x1b[0m \x1b[1m0s\x1b[0m\n"}).agreed,
            1U);
  EXPECT_EQ(judge({"4/4 - 0s - loss: 0.3851\n"}).agreed, 1U);
}

TEST(ProgressBarCount, UnknownTotalsAndOtherText) {
  EXPECT_EQ(judge({"\r 5/Unknown - 0s\n"}).skipped, 1U);
  EXPECT_EQ(judge({"\r\x1b[1m5/Unknown\x1b[0m \x1b[1m0s\x1b[0m 25ms/step - loss: 1.0\n"}).skipped,
            1U);
  EXPECT_EQ(judge({"\r5/9 0s left\n5/Unknown files\n"}).skipped, 0U);
  EXPECT_TRUE(judge({"7/3 of the cases\n"}).findings.empty());
}

TEST(ProgressText, Parses) {
  const auto line = checks::parse_progress("  32/1000 [>....] - ETA: 3s");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->current, 32);
  EXPECT_EQ(line->total, 1000);
  EXPECT_FALSE(checks::parse_progress("Epoch 1/5"));
}

}  // namespace
}  // namespace kerasan
