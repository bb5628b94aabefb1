#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

testing::Outcome judge(const char* input, const char* output, bool builtin = true) {
  const Json node = {{"input", Json::parse(input)}, {"output", Json::parse(output)}};
  const Json config = {{"filters", 4},       {"kernel_size", {2, 3}},
                       {"strides", {1, 1}},  {"dilation_rate", {2, 1}},
                       {"padding", "valid"}, {"data_format", "channels_last"},
                       {"use_bias", true}};
  const Json layer = {{"id", "layer:1"},    {"class", "Conv2D"}, {"name", "far"},
                      {"builtin", builtin}, {"config", config},  {"nodes", {node}}};
  const Json event = {{"kind", "model"},
                      {"id", "model:1"},
                      {"layers", {layer}},
                      {"where", {{"file", "net.py"}, {"line", 7}}}};
  return testing::run_rule("static-shape-known", {event, event});
}

TEST(StaticShapeKnown, AWidthThatFollowsMustNotBeLost) {
  const auto outcome = judge(R"({"$shape":[null,null,32,4]})", R"({"$shape":[null,null,null,4]})");
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-shape");
  EXPECT_EQ(outcome.findings[0].recomputed, Json::parse("[null,null,30,4]"));
  EXPECT_EQ(outcome.findings[0].where["layer"], "far");
}

TEST(StaticShapeKnown, NorTheRank) {
  EXPECT_EQ(judge(R"({"$shape":[null,8,8,4]})", R"({"$shape":null})").findings.size(), 1U);
}

TEST(StaticShapeKnown, NorBeAnotherOne) {
  EXPECT_EQ(judge(R"({"$tuple":[null,8,8,4]})", R"({"$tuple":[null,7,6,4]})").findings.size(), 1U);
}

TEST(StaticShapeKnown, WhatDoesNotFollowMayBeOpen) {
  const auto outcome = judge(R"({"$shape":[2,null,null,4]})", R"({"$shape":[null,null,null,4]})");
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.agreed, 1U);
}

TEST(StaticShapeKnown, ALayerOfTheProgramsIsItsOwnMatter) {
  const auto outcome =
      judge(R"({"$shape":[null,8,8,4]})", R"({"$shape":[null,null,null,4]})", false);
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.skipped, 1U);
}

}  // namespace
}  // namespace kerasan
