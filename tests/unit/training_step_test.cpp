#include <gtest/gtest.h>

#include <array>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "training-step";

// Dense(1, use_bias=False) with kernel 1 on x = 2, y = 0: the gradient of the squared error is 8.
struct Made {
  double after = 0.2;
  double weight = 1;  // of the sample
  Json layer = Json::object(), step = Json::object(), arguments = Json::object();
};

// A variable's value on both sides of the step.
struct Moved {
  const char *id, *name;
  Json before, after;
};

// The step on x = 2, y = 0 with `more` or other fields, and the update by SGD with a rate of 0.1.
void emit_step(Program& p, const std::vector<Moved>& variables, const Json& more) {
  Json step{{"id", 5},
            {"call", nullptr},
            {"model", "model:1"},
            {"phase", "train"},
            {"index", 0},
            {"x", p.tensor({1, 1}, {2})},
            {"y", p.tensor({1, 1}, {0})},
            {"sample_weight", nullptr},
            {"losses", Json::array()}};
  Json vars = Json::array();
  for (const Moved& one : variables) {
    step["weights"][one.id] = one.before;
    step["weights_after"][one.id] = one.after;
    vars.push_back({{"id", one.id},
                    {"name", one.name},
                    {"before", one.before},
                    {"after", one.after},
                    {"grad", nullptr},
                    {"slots_before", Json::object()},
                    {"slots_after", Json::object()}});
  }
  step.update(more);
  p.emit("step", step);
  p.emit("update", {{"call", nullptr},
                    {"step", 5},
                    {"model", "model:1"},
                    {"optimizer", "optimizer:1"},
                    {"class", "SGD"},
                    {"builtin", true},
                    {"config", Json::object()},
                    {"iteration", 0},
                    {"iteration_after", 1},
                    {"hyper", {{"learning_rate", 0.1}}},
                    {"sources", Json::object()},
                    {"exact_grad", false},
                    {"exclusive", true},
                    {"vars", vars}});
}

void train(Program& p, const Made& made) {
  Json layer{{"id", "layer:1"},
             {"class", "Dense"},
             {"name", "dense"},
             {"builtin", true},
             {"trainable", true},
             {"compute_dtype", "float32"},
             {"config", {{"use_bias", false}, {"activation", "linear"}}},
             {"weights", {{{"id", "variable:1"}, {"name", "dense/kernel"}}}}};
  layer.update(made.layer);
  p.emit("model", {{"id", "model:1"},
                   {"when", "compile"},
                   {"class", "Sequential"},
                   {"name", "model"},
                   {"structure", "sequential"},
                   {"builtin", true},
                   {"layers", {layer}},
                   {"nodes",
                    {{{"layer", "layer:1"},
                      {"index", 0},
                      {"arguments", made.arguments},
                      {"inputs", {{"layer:0", 0, 0}}}}}},
                   {"inputs", {{"layer:0", 0, 0}}},
                   {"outputs", {{"layer:1", 0, 0}}},
                   {"compile", {{"loss", "mse"}, {"metrics", Json::array()}}}});
  Json more{{"sample_weight", p.tensor({1}, {made.weight})}};
  more.update(made.step);
  emit_step(p,
            {{"variable:1", "dense/kernel", p.tensor({1, 1}, {1}), p.tensor({1, 1}, {made.after})}},
            more);
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

// A flag that a model was built with gives way to the one it is run with: what is drawn is not
// known.
TEST(TrainingStep, WhatDrawsInTrainingIsNotTakenForInference) {
  const Json dropping = {{"units", 1}, {"dropout", 0.5}};
  for (const Json& config :
       {Json{{"cell", {{"class_name", "LSTMCell"}, {"config", dropping}}}}, dropping,
        Json{{"layer", {{"class_name", "Dropout"}, {"config", {{"rate", 0.5}}}}}}}) {
    Program p;
    Made made{.after = 0.7, .arguments = {{"training", false}}};
    made.layer = {{"config", config}};
    train(p, made);
    EXPECT_EQ(p.verdicts.agreed[kRule], 0u) << config;
    EXPECT_TRUE(p.verdicts.of(kRule).empty()) << config;
    ASSERT_EQ(p.verdicts.reasons[kRule].size(), 1u);
    EXPECT_NE(p.verdicts.reasons[kRule][0].find("called for inference"), std::string::npos);
  }
}

// The same step through a Dropout that keeps its one element: the gradient is 32.
void train_dropping(Program& p, double after, bool told, double bias_left = -1.6) {
  Json model{{"id", "model:1"},
             {"when", "compile"},
             {"class", "Sequential"},
             {"name", "model"},
             {"structure", "sequential"},
             {"builtin", true},
             {"inputs", {{"layer:0", 0, 0}}},
             {"outputs", {{"layer:2", 0, 0}}},
             {"compile", {{"loss", "mse"}, {"metrics", Json::array()}}}};
  model["layers"] = Json::parse(R"([
    {"id": "layer:1", "class": "Dense", "name": "dense", "builtin": true, "trainable": true,
     "compute_dtype": "float32", "config": {"use_bias": false, "activation": "linear"},
     "weights": [{"id": "variable:1", "name": "dense/kernel"},
                 {"id": "variable:2", "name": "dense/bias"}]},
    {"id": "layer:2", "class": "Dropout", "name": "dropout", "builtin": true, "trainable": true,
     "compute_dtype": "float32", "config": {"rate": 0.5}, "weights": []}])");
  model["layers"][0]["config"]["use_bias"] = true;
  model["nodes"] = Json::parse(R"([
    {"layer": "layer:1", "index": 0, "arguments": {}, "inputs": [["layer:0", 0, 0]]},
    {"layer": "layer:2", "index": 0, "arguments": {"training": false},
     "inputs": [["layer:1", 0, 0]]}])");
  p.emit("model", model);
  if (told)
    p.emit("application", {{"step", 5},
                           {"model", "model:1"},
                           {"layer", "layer:2"},
                           {"class", "Dropout"},
                           {"node", 0},
                           {"training", true},
                           {"outputs", {p.tensor({1, 1}, {4})}}});
  emit_step(p,
            {{"variable:1", "dense/kernel", p.tensor({1, 1}, {1}), p.tensor({1, 1}, {after})},
             {"variable:2", "dense/bias", p.tensor({1}, {0}), p.tensor({1}, {bias_left})}},
            Json::object());
}

TEST(TrainingStep, FollowsWhatTheReRunDropped) {
  Program p, half;
  train_dropping(p, -2.2, true);
  EXPECT_EQ(p.verdicts.agreed[kRule], 2u);
  train_dropping(half, -0.6, true);  // the bias shows that the draw is the step's
  EXPECT_EQ(half.verdicts.of(kRule).size(), 1u);
}

// A chain of turned reflections: with bounds that take each rounding for the worst of all that
// follows, each doubles them by and by, and the values stay as large as they were.
struct Chain {
  static constexpr std::size_t kLayers = 70;
  double used = 1;  // of the first gradient, how much the step is made with
  std::vector<double> kernel = {0.75, 0.625, 0.625, -0.75};

  using Pair = std::array<double, 2>;
  Pair times(const Pair& x, bool turned) const {
    const std::size_t i = turned ? 2 : 1, j = turned ? 1 : 2;
    return {x[0] * kernel[0] + x[1] * kernel[j], x[0] * kernel[i] + x[1] * kernel[3]};
  }
  void train(Program& p) const {
    Json model = Json::parse(R"({"id": "model:1", "when": "compile", "class": "Sequential",
      "name": "model", "structure": "sequential", "builtin": true, "layers": [], "nodes": [],
      "inputs": [["layer:0", 0, 0]], "compile": {"loss": "mse", "metrics": []}})");
    std::vector<Pair> x{{1, 0.5}};
    for (std::size_t k = 0; k < kLayers; ++k) {
      const std::string id = std::to_string(k + 1), name = "dense_" + id;
      model["layers"].push_back({{"id", "layer:" + id},
                                 {"class", "Dense"},
                                 {"name", name},
                                 {"builtin", true},
                                 {"trainable", true},
                                 {"compute_dtype", "float32"},
                                 {"config", {{"use_bias", false}, {"activation", "linear"}}},
                                 {"weights", {{{"id", "variable:" + id}, {"name", "kernel"}}}}});
      model["nodes"].push_back({{"layer", "layer:" + id},
                                {"index", 0},
                                {"arguments", Json::object()},
                                {"inputs", {{"layer:" + std::to_string(k), 0, 0}}}});
      x.push_back(times(x.back(), false));
    }
    model["outputs"] = {{"layer:" + std::to_string(kLayers), 0, 0}};
    p.emit("model", model);
    std::vector<Moved> moved(kLayers);
    std::vector<std::string> ids(kLayers);
    Pair seed = x.back();  // of the mean of two squares
    for (std::size_t k = kLayers; k-- > 0; seed = times(seed, true)) {
      std::vector<double> after = kernel;
      for (std::size_t i = 0; i < 4; ++i)
        after[i] -= 0.1 * x[k][i / 2] * seed[i % 2] * (k == 0 ? used : 1);
      ids[k] = "variable:" + std::to_string(k + 1);
      moved[k] = {ids[k].c_str(), "kernel", p.tensor({2, 2}, kernel), p.tensor({2, 2}, after)};
    }
    emit_step(p, moved, {{"x", p.tensor({1, 2}, {1, 0.5})}, {"y", p.tensor({1, 2}, {0, 0})}});
  }
};

TEST(TrainingStep, ADeepModelIsFollowedBySamples) {
  Program p;
  Chain().train(p);
  EXPECT_EQ(p.verdicts.agreed[kRule], Chain::kLayers);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
}

TEST(TrainingStep, AFaultInADeepModelIsFound) {
  Program p;
  Chain{.used = 0.98}.train(p);
  EXPECT_EQ(p.verdicts.agreed[kRule], Chain::kLayers - 1);
  const auto found = p.verdicts.of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].evidence["bound_by"], "sampled roundings");
}

TEST(TrainingStep, AnotherDrawIsNotChecked) {
  for (const bool told : {false, true}) {
    Program p;
    train_dropping(p, 0.3, told, 0.3);  // neither weight is where those elements lead
    EXPECT_EQ(p.verdicts.agreed[kRule], 0u);
    ASSERT_EQ(p.verdicts.reasons[kRule].size(), 1u);
    EXPECT_TRUE(p.verdicts.of(kRule).empty());
  }
}

}  // namespace
}  // namespace kerasan::testing
