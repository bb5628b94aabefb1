#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

testing::Outcome judge(const char* given, const char* handed) {
  return testing::run_rule("build-gets-shape", {{{"kind", "shape_hook"},
                                                 {"layer", "layer:1"},
                                                 {"name", "gain"},
                                                 {"class", "Brightness"},
                                                 {"given", Json::parse(given)},
                                                 {"handed", Json::parse(handed)},
                                                 {"where", {{"file", "net.py"}, {"line", 7}}}}});
}

TEST(BuildGetsShape, NoShapeIsNotTheShapeThatWasGiven) {
  const auto outcome = judge(R"({"$tuple":[null,5,5,1]})", "null");
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-shape");
  EXPECT_EQ(outcome.findings[0].where["layer"], "gain");
  EXPECT_EQ(outcome.findings[0].where["line"], 7);
}

TEST(BuildGetsShape, NorIsOneWithAnUnknownDimension) {
  EXPECT_EQ(judge(R"({"$tuple":[null,5]})", R"({"$shape":[null,null]})").findings.size(), 1U);
}

TEST(BuildGetsShape, TheContainerIsHarmless) {
  const auto outcome = judge(R"({"$tuple":[null,5,5,1]})", R"({"$shape":[null,5,5,1]})");
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.agreed, 1U);
}

TEST(BuildGetsShape, AShapeOfUnknownRankSaysNothing) {
  EXPECT_EQ(judge(R"({"$shape":null})", "null").skipped, 1U);
}

}  // namespace
}  // namespace kerasan
