#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

Json model_event(const char* when, bool trainable, const char* weight = "base/kernel:0") {
  const Json held = {{"id", "variable:1"}, {"name", weight}};
  const Json layer = {
      {"id", "layer:1"}, {"builtin", true}, {"trainable", true}, {"weights", {held}}};
  const Json base = {{"id", "layer:2"}, {"trainable", trainable}, {"layers", {layer}}};
  return {{"kind", "model"}, {"id", "model:1"}, {"when", when}, {"layers", {base}}};
}

Json call(const char* api) {
  return {{"kind", "call"},
          {"id", 1},
          {"api", api},
          {"self", "model:1"},
          {"where", {{"file", "net.py"}, {"line", 30}}}};
}

Json step(const char* after) {
  return {{"kind", "step"},
          {"call", 1},
          {"model", "model:1"},
          {"phase", "train"},
          {"index", 0},
          {"weights", {{"variable:1", {{"$tensor", "a"}}}}},
          {"weights_after", {{"variable:1", {{"$tensor", after}}}}}};
}

testing::Outcome judge(const std::vector<Json>& events) {
  return testing::run_rule("frozen-weights-stay", events);
}

TEST(FrozenWeightsStay, AFrozenKernelMustNotMove) {
  const auto outcome = judge({model_event("compile", false), call("Model.fit"), step("b")});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-structure");
  EXPECT_EQ(outcome.findings[0].where["line"], 30);
}

TEST(FrozenWeightsStay, OneThatRestsAgrees) {
  EXPECT_EQ(judge({model_event("compile", false), call("Model.fit"), step("a")}).agreed, 1U);
}

TEST(FrozenWeightsStay, OneThatIsThawedOrNeverFrozenMayMove) {
  const auto thawed = {model_event("compile", false), model_event("call", true), call("Model.fit"),
                       step("b")};
  EXPECT_TRUE(judge(thawed).findings.empty());
  EXPECT_TRUE(judge({model_event("compile", true), call("Model.fit"), step("b")}).findings.empty());
}

TEST(FrozenWeightsStay, AveragesMoveByThemselves) {
  const auto outcome =
      judge({model_event("compile", false, "norm/moving_mean:0"), call("Model.fit"), step("b")});
  EXPECT_TRUE(outcome.findings.empty());
}

TEST(FrozenWeightsStay, LoopsOfTheProgramsMaySwitchFlags) {
  const auto outcome =
      judge({model_event("compile", false), call("Model.train_on_batch"), step("b")});
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.skipped, 1U);
}

}  // namespace
}  // namespace kerasan
