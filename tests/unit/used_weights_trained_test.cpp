#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

Json call(const char* api) {
  return {{"kind", "call"},
          {"id", 1},
          {"api", api},
          {"self", "model:1"},
          {"where", {{"file", "net.py"}, {"line", 30}}}};
}

// The model before or after the call; `value` names what its weight holds, null for no weight.
Json model_event(const char* when, const Json& value, bool trainable = true) {
  Json unlisted = Json::array();
  if (!value.is_null())
    unlisted.push_back({{"layer", "positions"},
                        {"class", "Embedding"},
                        {"weight", "positions/embeddings:0"},
                        {"trainable", trainable},
                        {"value", value == "lost" ? Json() : Json{{"$tensor", value}}}});
  return {{"kind", "model"}, {"id", "model:1"}, {"name", "tagger"},
          {"when", when},    {"call", 1},       {"unlisted", unlisted}};
}

testing::Outcome judge(const Json& before, const Json& after, const char* api = "Model.fit") {
  return testing::run_rule("used-weights-trained", {call(api), before, after});
}

TEST(UsedWeightsTrained, AWeightThatRestsIsAFinding) {
  const auto outcome = judge(model_event("call", "a"), model_event("end of call", "a"));
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-calculation");
  EXPECT_EQ(outcome.findings[0].where["line"], 30);
  EXPECT_NE(outcome.findings[0].message.find("positions/embeddings:0"), std::string::npos);
}

TEST(UsedWeightsTrained, OneThatMovesOrIsListedAgrees) {
  EXPECT_EQ(judge(model_event("call", "a"), model_event("end of call", "b")).agreed, 1U);
  EXPECT_EQ(judge(model_event("call", nullptr), model_event("end of call", nullptr)).agreed, 1U);
}

TEST(UsedWeightsTrained, FrozenOnesAndOtherCallsRest) {
  EXPECT_TRUE(judge(model_event("call", "a", false), model_event("end of call", "a", false))
                  .findings.empty());
  const auto predicted =
      judge(model_event("call", "a"), model_event("end of call", "a"), "Model.predict");
  EXPECT_TRUE(predicted.findings.empty());
  EXPECT_EQ(predicted.agreed, 0U);
}

TEST(UsedWeightsTrained, UnknownValuesAreNotChecked) {
  const auto outcome = judge(model_event("call", "lost"), model_event("end of call", "a"));
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.skipped, 1U);
}

}  // namespace
}  // namespace kerasan
