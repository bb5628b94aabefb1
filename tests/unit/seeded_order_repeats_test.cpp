#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

Json element(int index, const std::string& digest) {
  Json event = Json::parse(R"({"kind": "seeded_element", "call": null, "strategy": "Mirrored",
    "pipeline": "Batch[32, false] < Shuffle[64, 3, 5, true] < TensorSlice['ab']",
    "where": {"file": "train.py", "line": 48}})");
  event["index"] = index;
  event["element"] = {digest};
  return event;
}

testing::Outcome judge(const std::vector<Json>& events) {
  return testing::run_rule("seeded-order-repeats", events);
}

TEST(SeededOrderRepeats, AnotherOrderFromTheSameSeed) {
  const auto outcome = judge({element(0, "a"), element(1, "b"), element(0, "c"), element(1, "d")});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-calculation");
  EXPECT_EQ(outcome.findings[0].where["line"], 48);
  EXPECT_NE(outcome.findings[0].message.find("under Mirrored"), std::string::npos);
}

TEST(SeededOrderRepeats, TheSameOrder) {
  const auto outcome = judge({element(0, "a"), element(1, "b"), element(0, "a"), element(1, "b")});
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.agreed, 2U);
}

TEST(SeededOrderRepeats, AnotherSeedOrPlaceOrStrategyIsAnotherOrder) {
  Json seed = element(0, "c"), place = element(0, "d"), alone = element(0, "e");
  seed["pipeline"] = "Shuffle[64, 4, 5, true]";
  place["where"]["line"] = 50;
  alone["strategy"] = nullptr;
  const auto outcome = judge({element(0, "a"), seed, place, alone});
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.agreed, 0U);
}

}  // namespace
}  // namespace kerasan
