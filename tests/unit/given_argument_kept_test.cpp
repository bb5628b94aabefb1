#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan::testing {
namespace {

using model::Json;

Outcome judge(const Json& given, const Json& held) {
  return run_rule("given-argument-kept", {{{"kind", "constructed"},
                                           {"class", "RandomNormal"},
                                           {"given", given},
                                           {"held", held},
                                           {"call", nullptr},
                                           {"where", {{"file", "p.py"}, {"line", 3}}}}});
}

TEST(GivenArgumentKept, AnotherNumberOrFlagIsFound) {
  const auto outcome = judge({{"stddev", 0.3}, {"seed", 3}}, {{"stddev", 0.05}, {"seed", 3}});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.agreed, 1U);
  EXPECT_NE(outcome.findings[0].message.find("stddev=0.3"), std::string::npos);
  EXPECT_EQ(judge({{"staircase", false}}, {{"staircase", true}}).findings.size(), 1U);
}

TEST(GivenArgumentKept, WhatIsNotGivenHoldsItsDefault) {
  const auto outcome = run_rule("given-argument-kept", {{{"kind", "constructed"},
                                                         {"class", "MaxNorm"},
                                                         {"given", {{"max_value", 2}}},
                                                         {"defaults", {{"axis", 0}}},
                                                         {"held", {{"max_value", 2}, {"axis", 1}}},
                                                         {"where", {{"file", "p.py"}}}}});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].claimed, "the default axis=0");
}

TEST(GivenArgumentKept, RoundingIsAllowed) {
  EXPECT_EQ(judge({{"learning_rate", 0.1}}, {{"learning_rate", 0.10000000149011612}}).agreed, 1U);
  EXPECT_EQ(judge({{"units", 4}, {"use_bias", true}}, {{"units", 4}, {"use_bias", true}}).agreed,
            2U);
}

TEST(GivenArgumentKept, WhatIsToldInOtherWordsIsNotChecked) {
  const auto outcome = judge({{"kernel_size", 3}, {"jit_compile", true}}, {{"jit_compile", false}});
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.skipped, 2U);
}

}  // namespace
}  // namespace kerasan::testing
