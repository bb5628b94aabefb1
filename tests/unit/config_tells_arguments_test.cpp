#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan::testing {
namespace {

using model::Json;

Outcome judge(const std::string& cls, const Json& untold) {
  return run_rule("config-tells-arguments", {{{"kind", "constructed"},
                                              {"class", cls},
                                              {"untold", untold},
                                              {"call", nullptr},
                                              {"where", {{"file", "p.py"}, {"line", 3}}}}});
}

TEST(ConfigTellsArguments, ALostArgumentIsFound) {
  const auto outcome = judge("Huber", {"delta"});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_NE(outcome.findings[0].message.find("delta"), std::string::npos);
  EXPECT_EQ(judge("Dense", {"activation", "kernel_regularizer"}).findings.size(), 2U);
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
