#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

testing::Outcome judge(const char* output, const char* computed, bool builtin) {
  const Json node = {{"input", {nullptr, 2}},
                     {"output", Json::parse(output)},
                     {"computed", Json::parse(computed)}};
  const Json layer = {{"id", "layer:1"},
                      {"class", "Scale"},
                      {"name", "scale"},
                      {"builtin", builtin},
                      {"nodes", {node}}};
  return testing::run_rule("declared-output-shape",
                           {{{"kind", "model"},
                             {"id", "model:1"},
                             {"layers", {layer}},
                             {"where", {{"file", "net.py"}, {"line", 7}}}}});
}

constexpr const char* kMalformed = R"([{"$tuple":[null,{"$tuple":[2]}]}])";

TEST(DeclaredOutputShape, ADimensionThatIsATupleIsNoShape) {
  const auto outcome = judge(kMalformed, R"([{"$tuple":[null,2]}])", false);
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-shape");
  EXPECT_EQ(outcome.findings[0].where["layer"], "scale");
  EXPECT_EQ(outcome.findings[0].where["file"], "net.py");
  EXPECT_EQ(outcome.findings[0].where["line"], 7);
}

TEST(DeclaredOutputShape, ContainersAreHarmless) {
  const auto outcome = judge(R"([{"$tuple":[null,2]}])", R"({"$shape":[null,2]})", true);
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.agreed, 1U);
}

TEST(DeclaredOutputShape, ADifferentDimensionOfABuiltinLayer) {
  EXPECT_EQ(judge(R"({"$tuple":[null,3]})", R"({"$tuple":[null,2]})", true).findings.size(), 1U);
}

TEST(DeclaredOutputShape, WhatTheUsersLayerComputesIsTheUsersMatter) {
  EXPECT_TRUE(judge(R"({"$tuple":[null,3]})", R"({"$tuple":[null,2]})", false).findings.empty());
}

TEST(DeclaredOutputShape, AnErrorIsNotChecked) {
  EXPECT_EQ(judge(R"({"$tuple":[null,3]})", R"({"error":"no"})", true).skipped, 1U);
}

}  // namespace
}  // namespace kerasan
