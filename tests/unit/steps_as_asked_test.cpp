#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan::testing {
namespace {

using model::Json;

struct Loop {
  int epoch, steps;
  bool validation = false;
};

Outcome judge(const Json& arguments, const std::vector<Loop>& loops, const std::string& more = "",
              const std::string& api = "Model.fit", int batches_each = 1) {
  Json args = Json::object();
  for (const auto& [name, value] : arguments.items()) args[name] = {{"v", value}, {"given", true}};
  std::vector<Json> events{{{"kind", "call"},
                            {"id", 1},
                            {"api", api},
                            {"args", args},
                            {"where", {{"file", "p.py"}, {"line", 7}}}}};
  if (!more.empty())
    events.push_back({{"kind", "text"}, {"call", 1}, {"stream", "stderr"}, {"text", more}});
  for (const Loop& loop : loops)
    events.push_back({{"kind", "phase"},
                      {"call", 1},
                      {"phase", loop.validation || api != "Model.fit" ? "test" : "train"},
                      {"epoch", loop.epoch},
                      {"validation", loop.validation},
                      {"steps", loop.steps},
                      {"batches_each", batches_each}});
  events.push_back({{"kind", "return"}, {"id", 1}});
  return run_rule("steps-as-asked", events);
}

const Json kRows{{"$array", {{"shape", {70, 3}}, {"dtype", "float32"}}}};

TEST(StepsAsAsked, StepsThatWereGiven) {
  const Json args{{"epochs", 2}, {"steps_per_epoch", 8}, {"validation_steps", 2}};
  EXPECT_EQ(judge(args, {{0, 8}, {0, 2, true}, {1, 8}, {1, 2, true}}).agreed, 6U);
  const auto whole = judge(args, {{0, 20}, {1, 20}});
  ASSERT_EQ(whole.findings.size(), 1U);
  EXPECT_EQ(whole.findings[0].claimed, "8 batches");
  EXPECT_EQ(judge(args, {{0, 8}, {0, 3, true}, {1, 8}, {1, 2, true}}).findings.size(), 1U);
}

TEST(StepsAsAsked, BatchesOfArrays) {
  const Json args{{"x", kRows}, {"batch_size", 16}};
  EXPECT_EQ(judge(args, {{0, 5}}, "", "Model.evaluate").agreed, 1U);
  EXPECT_EQ(judge(args, {{0, 4}}, "", "Model.evaluate").findings.size(), 1U);
  EXPECT_EQ(judge({{"x", kRows}}, {{0, 3}}, "", "Model.predict").agreed, 1U);
  EXPECT_EQ(judge(args, {{0, 1}}, "", "Model.evaluate", 5).skipped, 1U);
}

TEST(StepsAsAsked, BatchesOfAValidation) {
  Json args{{"x", kRows}, {"validation_data", {{"$tuple", {kRows, kRows}}}}, {"batch_size", 40}};
  EXPECT_EQ(judge(args, {{0, 2}, {0, 2, true}}).findings.size(), 0U);
  args["validation_batch_size"] = 16;
  EXPECT_EQ(judge(args, {{0, 2}, {0, 5, true}}).findings.size(), 0U);
  const auto outcome = judge(args, {{0, 2}, {0, 2, true}});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_NE(outcome.findings[0].message.find("validation_batch_size"), std::string::npos);
}

TEST(StepsAsAsked, BatchesOfADataset) {
  const auto sized = [](int n) {
    return Json{{"$object", "tensorflow.Dataset"}, {"config", {{"cardinality", n}}}};
  };
  EXPECT_EQ(judge({{"x", sized(6)}}, {{0, 6}, {1, 6}}).findings.size(), 0U);
  EXPECT_EQ(judge({{"x", sized(6)}}, {{0, 5}, {1, 5}}).findings.size(), 1U);
  EXPECT_EQ(judge({{"x", sized(-2)}}, {{0, 5}, {1, 5}}).findings.size(), 0U);
  EXPECT_EQ(judge({{"x", sized(6)}, {"steps_per_epoch", 5}}, {{0, 5}}).findings.size(), 0U);
}

TEST(StepsAsAsked, Epochs) {
  EXPECT_EQ(judge({{"epochs", 4}, {"initial_epoch", 2}}, {{2, 5}, {3, 5}}).agreed, 1U);
  EXPECT_EQ(judge({{"epochs", 4}}, {{0, 5}, {1, 5}, {2, 5}}).findings.size(), 1U);
  const Json stopped{{"epochs", 4}, {"callbacks", Json::array({"EarlyStopping"})}};
  EXPECT_EQ(judge(stopped, {{0, 5}, {1, 5}}).skipped, 1U);
  EXPECT_EQ(judge({{"epochs", 4}}, {{0, 5}, {1, 2}}, "Your input ran out of data").skipped, 1U);
}

TEST(StepsAsAsked, ValidationFrequency) {
  const Json args{{"epochs", 4}, {"validation_freq", 2}};
  EXPECT_EQ(judge(args, {{0, 5}, {1, 5}, {1, 1, true}, {2, 5}, {3, 5}, {3, 1, true}}).agreed, 2U);
  EXPECT_EQ(judge(args, {{0, 5}, {0, 1, true}, {1, 5}, {2, 5}, {3, 5}}).findings.size(), 1U);
  const Json listed{{"epochs", 2}, {"validation_freq", Json::array({2})}};
  EXPECT_EQ(judge(listed, {{0, 5}, {1, 5}, {1, 1, true}}).agreed, 2U);
}

}  // namespace
}  // namespace kerasan::testing
