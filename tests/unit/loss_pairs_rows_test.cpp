#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

Json loss_event() {
  return Json::parse(R"({"kind": "loss_pairs", "call": null, "builtin": true,
    "class": "LossFunctionWrapper", "function": "mean_absolute_error",
    "y_true": [null], "y_pred": [null, 1],
    "pairs": [{"op": "Sub", "name": "loss/sub", "targets": [null], "predictions": [null, 1]}],
    "where": {"file": "train.py", "line": 33}})");
}

testing::Outcome judge(const Json& event) { return testing::run_rule("loss-pairs-rows", {event}); }

TEST(LossPairsRows, RowsAgainstAllRows) {
  const auto outcome = judge(loss_event());
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-calculation");
  EXPECT_EQ(outcome.findings[0].where["line"], 33);
  EXPECT_NE(outcome.findings[0].message.find("targets (n)"), std::string::npos);
  EXPECT_NE(outcome.findings[0].message.find("predictions (n, 1)"), std::string::npos);
}

TEST(LossPairsRows, OneRankIsRowByRow) {
  Json event = loss_event();
  event["pairs"][0]["targets"] = Json::parse("[null, null]");
  EXPECT_EQ(judge(event).agreed, 1U);
  event["pairs"][0]["targets"] = Json::parse("[null]");
  event["pairs"][0]["predictions"] = Json::parse("[null]");
  EXPECT_EQ(judge(event).agreed, 1U);
}

TEST(LossPairsRows, OneTargetForAllRowsIsMeant) {
  Json event = loss_event();
  event["pairs"][0]["targets"] = Json::parse("[1]");
  EXPECT_EQ(judge(event).agreed, 1U);
  event["pairs"][0]["targets"] = Json::array();
  EXPECT_EQ(judge(event).agreed, 1U);
}

TEST(LossPairsRows, WhatIsNotChecked) {
  Json event = loss_event();
  event["builtin"] = false;
  EXPECT_EQ(judge(event).skipped, 1U);
  event = loss_event();
  event["function"] = "sparse_categorical_crossentropy";
  EXPECT_EQ(judge(event).skipped, 1U);
  event = loss_event();
  event["pairs"][0]["targets"] = nullptr;
  EXPECT_EQ(judge(event).skipped, 1U);
}

}  // namespace
}  // namespace kerasan
