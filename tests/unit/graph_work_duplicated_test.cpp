#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

testing::Outcome judge(int copies, const Json& applications) {
  Json consumers = Json::array();
  for (int i = 0; i < copies; ++i)
    consumers.push_back({{"op", "MatMul"}, {"name", "MatMul_" + std::to_string(i)}});
  consumers.push_back({{"op", "ReadVariableOp"}, {"name", "r"}});
  const Json use = {{"layer", "dense"},
                    {"weight", "dense/kernel"},
                    {"consumers", consumers},
                    {"applications", applications}};
  return testing::run_rule("graph-work-duplicated", {{{"kind", "graph"},
                                                      {"class", "TimeDistributed"},
                                                      {"name", "td"},
                                                      {"where", "keras_graph"},
                                                      {"place", {{"file", "p.py"}, {"line", 3}}},
                                                      {"uses", {use}}}});
}

TEST(GraphWorkDuplicated, TwoProductsForOneApplication) {
  const auto outcome = judge(2, 1);
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-structure");
  EXPECT_EQ(outcome.findings[0].where["line"], 3);
}

TEST(GraphWorkDuplicated, ASharedLayerMayStandTwice) {
  EXPECT_TRUE(judge(2, 2).findings.empty());
  EXPECT_EQ(judge(1, 1).agreed, 1U);
}

TEST(GraphWorkDuplicated, UnknownApplicationsAreNotChecked) {
  EXPECT_EQ(judge(2, nullptr).skipped, 1U);
}

}  // namespace
}  // namespace kerasan
