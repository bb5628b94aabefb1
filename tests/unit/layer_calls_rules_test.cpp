// training-flag-reaches and compiled-steps.
#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

Json flag(const std::string& cls, const Json& training, bool builtin = true,
          const std::string& told_by = "framework") {
  return {{"class", cls},
          {"builtin", builtin},
          {"name", cls},
          {"training", training},
          {"told_by", told_by}};
}

Collected flags(const std::vector<Json>& received, const Json& training = nullptr) {
  Program p;
  p.emit("flags", {{"outer", "RNN"},
                   {"training", training},
                   {"where", {{"file", "p.py"}, {"line", 3}}},
                   {"received", received}});
  return p.verdicts;
}

constexpr char kFlag[] = "training-flag-reaches";

TEST(TrainingFlagReaches, LostOnTheWay) {
  const auto found = flags({flag("RNN", true), flag("LSTMCell", nullptr)}).of(kFlag);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].where["layer"], "LSTMCell");
  EXPECT_EQ(flags({flag("Net", nullptr, false)}, "tensor").of(kFlag).size(), 1u);
}

TEST(TrainingFlagReaches, ToldOrNobodysAffair) {
  EXPECT_EQ(flags({flag("RNN", "tensor"), flag("LSTMCell", "tensor")}).agreed[kFlag], 2u);
  EXPECT_TRUE(flags({flag("LSTMCell", nullptr)}).of(kFlag).empty());
  EXPECT_TRUE(flags({flag("RNN", true), flag("Dropout", nullptr)}).of(kFlag).empty());
  EXPECT_TRUE(flags({flag("RNN", true), flag("Own", nullptr, false, "program")}).of(kFlag).empty());
}

Collected dropped(bool training, bool kept, const Json& noise_shape = nullptr) {
  Program p;
  const std::vector<double> ones(200, 1.0), some(200, 2.0);
  const Json x = p.tensor({20, 2, 5}, ones);
  const Json settings{{"rate", 0.4}, {"noise_shape", noise_shape}};
  p.emit("application", {{"class", "TimeDistributed"},
                         {"builtin", true},
                         {"name", "each"},
                         {"training", training},
                         {"step", 1},
                         {"config", {{"layer", {{"class_name", "Dropout"}, {"config", settings}}}}},
                         {"inputs", Json::array({x})},
                         {"outputs", Json::array({kept ? x : p.tensor({20, 2, 5}, some)})}});
  return p.verdicts;
}

TEST(TrainingFlagReaches, DropoutInsideTimeDistributed) {
  EXPECT_EQ(dropped(true, true).of(kFlag).size(), 1u);
  EXPECT_EQ(dropped(true, false).agreed[kFlag], 1u);
  EXPECT_TRUE(dropped(false, true).of(kFlag).empty());
  EXPECT_TRUE(dropped(true, true, {1, 1, 1}).of(kFlag).empty());
}

constexpr char kSteps[] = "compiled-steps";

struct Batches {
  Program p;
  Batches(bool eagerly = false) {
    p.emit("call", {{"id", 1},
                    {"api", "Model.fit"},
                    {"self", "model:1"},
                    {"where", {{"file", "p.py"}, {"line", 7}}}});
    p.emit("model", {{"id", "model:1"},
                     {"when", "call"},
                     {"class", "Sequential"},
                     {"name", "m"},
                     {"compile", {{"run_eagerly", eagerly}}}});
  }
  Batches& batch(std::int64_t rows, const Json& calls) {
    const auto x = p.tensor({rows, 1}, std::vector<double>(static_cast<std::size_t>(rows), 1.0));
    p.emit("step", {{"call", 1},
                    {"model", "model:1"},
                    {"phase", "train"},
                    {"x", x},
                    {"y", nullptr},
                    {"python_calls", calls}});
    return *this;
  }
  Collected end() {
    p.end();
    return p.verdicts;
  }
};

TEST(CompiledSteps, LayersRunFromPythonEachTime) {
  const auto found = Batches().batch(4, nullptr).batch(4, 3).batch(4, 3).end().of(kSteps);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].where["line"], 7);
}

TEST(CompiledSteps, NewFormsAndEagerModels) {
  EXPECT_EQ(Batches().batch(4, nullptr).batch(4, 0).batch(3, 5).end().agreed[kSteps], 1u);
  EXPECT_TRUE(Batches().batch(4, nullptr).batch(3, 3).batch(2, 3).end().of(kSteps).empty());
  EXPECT_TRUE(Batches(true).batch(4, nullptr).batch(4, 3).batch(4, 3).end().of(kSteps).empty());
  Batches again;
  again.batch(4, nullptr).batch(4, 0);
  again.p.emit("call", {{"id", 2}, {"api", "Model.compile"}, {"self", "model:1"}});
  EXPECT_TRUE(again.batch(4, 3).batch(4, 0).end().of(kSteps).empty());
}

}  // namespace
}  // namespace kerasan::testing
