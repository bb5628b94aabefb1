// training-step where a derivative is zero but for rounding, and Adam makes a whole step of it: the
// bias of a Dense layer before a BatchNormalization.
#include <gtest/gtest.h>

#include <cmath>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "training-step";

// On x = 0, 1 with kernel 1 and bias 0, epsilon 1/4, targets 1: the outputs are -a and a, where
// a^2 = k^2 / (k^2 + 1) = 1/2, and the loss is a^2 + 1.
struct Normalised {
  double used = 1e-9;  // what the step takes for the derivative by the bias, which is 0
  double made_of = 0;  // of which it makes the weight after it, where that is another
  bool kernel = true;  // is trained
  void train(Program& p) const;
};

struct Trained {
  const char *id, *name;
  double before, gradient, made_of;
};

Json row_of(Program& p, const Trained& one, Json& step) {
  const Shape shape = std::string(one.name) == "dense/kernel" ? Shape{1, 1} : Shape{1};
  const double m = 0.1 * one.gradient, v = 0.001 * one.gradient * one.gradient;
  const double after = one.before - 0.1 * one.made_of / (std::fabs(one.made_of) + 1e-7);
  const Json before = p.tensor(shape, {one.before}), left = p.tensor(shape, {after});
  step["weights"][one.id] = before, step["weights_after"][one.id] = left;
  const Json zero = p.tensor(shape, {0});
  return {{"id", one.id},
          {"name", one.name},
          {"before", before},
          {"after", left},
          {"grad", nullptr},
          {"slots_before", {{"m", zero}, {"v", zero}}},
          {"slots_after", {{"m", p.tensor(shape, {m})}, {"v", p.tensor(shape, {v})}}}};
}

void Normalised::train(Program& p) const {
  Json model = Json::parse(R"({"id": "model:1", "when": "compile", "class": "Sequential",
    "name": "model", "structure": "sequential", "builtin": true,
    "inputs": [["layer:0", 0, 0]], "outputs": [["layer:2", 0, 0]],
    "compile": {"loss": "mse", "metrics": []},
    "layers": [
      {"id": "layer:1", "class": "Dense", "name": "dense", "builtin": true, "trainable": true,
       "compute_dtype": "float32", "config": {"use_bias": true, "activation": "linear"},
       "weights": [{"id": "variable:1", "name": "dense/kernel"},
                   {"id": "variable:2", "name": "dense/bias"}]},
      {"id": "layer:2", "class": "BatchNormalization", "name": "bn", "builtin": true,
       "trainable": true, "compute_dtype": "float32", "config": {"axis": -1, "epsilon": 0.25},
       "weights": [{"id": "variable:3", "name": "bn/gamma"},
                   {"id": "variable:4", "name": "bn/beta"}]}],
    "nodes": [
      {"layer": "layer:1", "index": 0, "arguments": {}, "inputs": [["layer:0", 0, 0]]},
      {"layer": "layer:2", "index": 0, "arguments": {}, "inputs": [["layer:1", 0, 0]]}]})");
  p.emit("model", model);
  Json step{{"id", 5},
            {"call", nullptr},
            {"model", "model:1"},
            {"phase", "train"},
            {"index", 0},
            {"x", p.tensor({2, 1}, {0, 1})},
            {"y", p.tensor({2, 1}, {1, 1})},
            {"sample_weight", nullptr},
            {"losses", Json::array()}};
  Json vars = Json::array();
  const double bias = made_of == 0 ? used : made_of;
  for (const Trained& one :
       {Trained{"variable:1", "dense/kernel", 1, 0.5, 0.5},
        Trained{"variable:2", "dense/bias", 0, used, bias},
        Trained{"variable:3", "bn/gamma", 1, 1, 1}, Trained{"variable:4", "bn/beta", 0, -2, -2}}) {
    const Json row = row_of(p, one, step);
    if (kernel || std::string(one.id) != "variable:1") vars.push_back(row);
  }
  p.emit("step", step);
  p.emit("update", {{"call", nullptr},
                    {"step", 5},
                    {"model", "model:1"},
                    {"optimizer", "optimizer:1"},
                    {"class", "Adam"},
                    {"builtin", true},
                    {"config", Json::object()},
                    {"iteration", 0},
                    {"iteration_after", 1},
                    {"hyper",
                     {{"learning_rate", 0.1},
                      {"beta_1", 0.9},
                      {"beta_2", 0.999},
                      {"epsilon", 1e-7},
                      {"amsgrad", 0}}},
                    {"sources", Json::object()},
                    {"exact_grad", false},
                    {"exclusive", true},
                    {"vars", vars}});
}

TEST(StepHalves, WhatRoundingLeavesOfADerivativeIsJudgedByItself) {
  Program p;
  Normalised().train(p);
  EXPECT_EQ(p.verdicts.agreed[kRule], 4u);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
  EXPECT_TRUE(p.verdicts.reasons[kRule].empty());
}

TEST(StepHalves, ADerivativeOfAnotherWeightInItsPlaceIsFound) {
  for (const double used : {0.5, -2.0, 1.0, 1e-3}) {
    Program p;
    Normalised{.used = used}.train(p);
    EXPECT_EQ(p.verdicts.agreed[kRule], 3u) << used;
    const auto found = p.verdicts.of(kRule);
    ASSERT_EQ(found.size(), 1u) << used;
    EXPECT_NEAR(found[0].claimed["derivative"], used, 1e-6 * std::fabs(used));
    EXPECT_EQ(found[0].evidence["variable"], "dense/bias");
  }
}

TEST(StepHalves, AnUpdateThatIsNotOfItsDerivativeDoesNotAgree) {
  Program p;
  Normalised{.used = 1e-9, .made_of = 1e-3}.train(p);
  EXPECT_EQ(p.verdicts.agreed[kRule], 3u);
  ASSERT_EQ(p.verdicts.reasons[kRule].size(), 1u);
  EXPECT_NE(p.verdicts.reasons[kRule][0].find("not the optimizer's"), std::string::npos);
}

}  // namespace
}  // namespace kerasan::testing
