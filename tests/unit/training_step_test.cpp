#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "training-step";

// Dense(1, use_bias=False) with kernel 1 on x = 2, y = 0: the gradient of the squared error is 8.
struct Made {
  double after = 0.2;
  double weight = 1;  // of the sample
  Json layer = Json::object(), step = Json::object();
};

void train(Program& p, const Made& made) {
  Json layer{{"id", "layer:1"}, {"class", "Dense"}, {"name", "dense"}, {"builtin", true},
             {"trainable", true}, {"compute_dtype", "float32"},
             {"config", {{"use_bias", false}, {"activation", "linear"}}},
             {"weights", {{{"id", "variable:1"}, {"name", "dense/kernel"}}}}};
  layer.update(made.layer);
  p.emit("model", {{"id", "model:1"}, {"when", "compile"}, {"class", "Sequential"},
                   {"name", "model"}, {"structure", "sequential"}, {"builtin", true},
                   {"layers", {layer}},
                   {"nodes", {{{"layer", "layer:1"}, {"index", 0}, {"arguments", Json::object()},
                               {"inputs", {{"layer:0", 0, 0}}}}}},
                   {"inputs", {{"layer:0", 0, 0}}}, {"outputs", {{"layer:1", 0, 0}}},
                   {"compile", {{"loss", "mse"}, {"metrics", Json::array()}}}});
  const Json before = p.tensor({1, 1}, {1}), after = p.tensor({1, 1}, {made.after});
  Json step{{"id", 5}, {"call", nullptr}, {"model", "model:1"}, {"phase", "train"}, {"index", 0},
            {"x", p.tensor({1, 1}, {2})}, {"y", p.tensor({1, 1}, {0})},
            {"sample_weight", p.tensor({1}, {made.weight})}, {"losses", Json::array()},
            {"weights", {{"variable:1", before}}}, {"weights_after", {{"variable:1", after}}}};
  step.update(made.step);
  p.emit("step", step);
  p.emit("update", {{"call", nullptr}, {"step", 5}, {"model", "model:1"},
                    {"optimizer", "optimizer:1"}, {"class", "SGD"}, {"builtin", true},
                    {"config", Json::object()}, {"iteration", 0}, {"iteration_after", 1},
                    {"hyper", {{"learning_rate", 0.1}}}, {"sources", Json::object()},
                    {"exact_grad", false}, {"exclusive", true},
                    {"vars", {{{"id", "variable:1"}, {"name", "dense/kernel"}, {"before", before},
                               {"after", after}, {"grad", nullptr},
                               {"slots_before", Json::object()},
                               {"slots_after", Json::object()}}}}});
}

TEST(TrainingStep, AStepOfTheWholeGradientAgrees) {
  Program p;
  train(p, {});
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
}

TEST(TrainingStep, HalfTheGradientIsFound) {
  Program p;
  train(p, {.after = 0.6});
  const auto found = p.verdicts.of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].scenario, "wrong-calculation");
  EXPECT_EQ(found[0].impact, 4);
  EXPECT_NEAR(found[0].evidence["gradient_used_over_expected"], 0.5, 1e-6);
}

TEST(TrainingStep, SampleWeightsAndPenaltiesCount) {
  Program p;
  train(p, {.after = 0.6, .weight = 0.5});
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  const Json penalty = {{"class_name", "L2"}, {"config", {{"l2", 0.5}}}};
  Made made{.after = 0.1};  // 8 + 2 * 0.5
  made.layer = {{"config", {{"use_bias", false}, {"kernel_regularizer", penalty}}}};
  made.step = {{"losses", {p.tensor({}, {0.5})}}};
  train(p, made);
  EXPECT_EQ(p.verdicts.agreed[kRule], 2u);
  made.after = 0.2;  // the penalty was not differentiated
  train(p, made);
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
}

TEST(TrainingStep, WhatIsNotKnownIsNotChecked) {
  Program p;
  Made made{.after = 0.7};
  made.layer = {{"class", "Unheard"}};
  train(p, made);
  made.layer = {{"builtin", false}};
  train(p, made);
  made.layer = Json::object();
  made.step = {{"losses", {p.tensor({}, {0.5})}}};  // the program added it
  train(p, made);
  EXPECT_EQ(p.verdicts.agreed[kRule], 0u);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
}

}  // namespace
}  // namespace kerasan::testing
