#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan::testing {
namespace {

using model::Json;

Outcome judge(const char* cls, const Json& given, const Json& held) {
  return run_rule("number-for-a-range", {{{"kind", "constructed"},
                                          {"class", cls},
                                          {"given", given},
                                          {"held", held},
                                          {"call", nullptr},
                                          {"where", {{"file", "p.py"}, {"line", 3}}}}});
}

Json tuple(double low, double high) { return {{"$tuple", {low, high}}}; }

TEST(NumberForARange, AnotherRangeIsFound) {
  const auto outcome =
      judge("RandomContrast", {{"factor", 0.3}, {"seed", 1}}, {{"factor", tuple(0, 0.3)}});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_NE(outcome.findings[0].message.find("stands for [0.3,0.3]"), std::string::npos);
  EXPECT_EQ(judge("RandomColorDegeneration", {{"factor", 0.3}}, {{"factor", {-0.3, 0.3}}})
                .findings.size(),
            1U);
  EXPECT_EQ(
      judge("RandomPosterization", {{"factor", 5}}, {{"factor", tuple(1, 5)}}).findings.size(), 1U);
}

TEST(NumberForARange, TheDocumentedRangeIsKept) {
  EXPECT_EQ(judge("RandomContrast", {{"factor", 0.3}}, {{"factor", tuple(0.3, 0.3)}}).agreed, 1U);
  EXPECT_EQ(judge("RandomBrightness", {{"factor", 0.2}}, {{"factor", {-0.2, 0.2}}}).agreed, 1U);
  EXPECT_EQ(judge("RandomHue", {{"factor", 0.5}}, {{"factor", tuple(0, 0.5)}}).agreed, 1U);
}

TEST(NumberForARange, WhatIsToldOtherwiseIsNotChecked) {
  EXPECT_EQ(judge("RandomContrast", {{"factor", 0.3}}, {{"factor", 0.3}}).skipped, 1U);
  EXPECT_EQ(judge("RandomContrast", {{"factor", 0.3}}, Json::object()).skipped, 1U);
  const auto other = judge("RandomZoom", {{"height_factor", 0.3}}, {{"height_factor", {0, 1}}});
  EXPECT_EQ(other.findings.size() + other.agreed + other.skipped, 0U);
}

}  // namespace
}  // namespace kerasan::testing
