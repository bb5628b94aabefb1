#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

testing::Outcome judge(const char* activation, const char* type, const char* before) {
  return testing::run_rule(
      "output-is-work",
      {{{"kind", "output_operation"},
        {"asked", "net"},
        {"layer", "layer:3"},
        {"name", "shots"},
        {"class", "Dense"},
        {"builtin", true},
        {"config", {{"activation", activation}}},
        {"operation", {{"type", type}, {"name", "shots/x"}, {"inputs", Json::array({before})}}},
        {"where", {{"file", "net.py"}, {"line", 14}}}}});
}

TEST(OutputIsWork, AnIdentityIsNotTheLayersWork) {
  const auto outcome = judge("sigmoid", "Identity", "Sigmoid");
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-structure");
  EXPECT_EQ(outcome.findings[0].where["layer"], "shots");
  EXPECT_EQ(outcome.findings[0].where["line"], 14);
}

TEST(OutputIsWork, TheActivationsOperationIs) {
  EXPECT_EQ(judge("sigmoid", "Sigmoid", "BiasAdd").agreed, 1U);
}

TEST(OutputIsWork, WithoutAnActivationNothingIsClaimed) {
  EXPECT_EQ(judge("linear", "Identity", "BiasAdd").skipped, 1U);
}

}  // namespace
}  // namespace kerasan
