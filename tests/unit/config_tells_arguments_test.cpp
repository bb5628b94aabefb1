#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan::testing {
namespace {

using model::Json;

Outcome judge(const std::string& cls, const Json& untold, bool saves = true) {
  std::vector<Json> events{{{"kind", "constructed"},
                            {"class", cls},
                            {"untold", untold},
                            {"call", nullptr},
                            {"where", {{"file", "p.py"}, {"line", 3}}}}};
  if (saves)
    events.push_back(
        {{"kind", "call"}, {"id", 1}, {"api", "Model.save"}, {"args", Json::object()}});
  return run_rule("config-tells-arguments", events);
}

TEST(ConfigTellsArguments, ALostArgumentIsFound) {
  const auto outcome = judge("Huber", {"delta"});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_NE(outcome.findings[0].message.find("delta"), std::string::npos);
  EXPECT_EQ(judge("Dense", {"activation", "kernel_regularizer"}).findings.size(), 2U);
}

TEST(ConfigTellsArguments, IsNoHarmWhereNothingIsSaved) {
  const auto outcome = judge("Huber", {"delta"}, false);
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.skipped, 1U);
}

TEST(ConfigTellsArguments, WhatIsNoSettingMayBeMissing) {
  EXPECT_EQ(judge("Dense", Json::array()).agreed, 1U);
  EXPECT_EQ(judge("LSTM", {"use_cudnn"}).agreed, 1U);
  EXPECT_TRUE(judge("Lambda", {"output_shape"}).findings.empty());
  EXPECT_TRUE(judge("Dense", {{"x", 1}}).findings.empty());
  EXPECT_TRUE(judge("Dense", nullptr).findings.empty());
}

}  // namespace
}  // namespace kerasan::testing
