#include <gtest/gtest.h>

#include <cmath>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "optimizer-update";

struct Made {
  std::string cls = "SGD";
  Json config = Json::object(), hyper = {{"learning_rate", 0.5}}, row = Json::object(),
       more = Json::object();
  bool exact = true;
};

void update(Program& p, const std::vector<double>& after, const Made& made = {}) {
  Json row{{"id", "variable:1"},
           {"name", "kernel"},
           {"before", p.tensor({2}, {1, 2})},
           {"after", p.tensor({2}, after)},
           {"grad", p.tensor({2}, {3, -4})},
           {"slots_before", Json::object()},
           {"slots_after", Json::object()}};
  row.update(made.row);
  Json body{{"call", nullptr},           {"optimizer", "optimizer:1"},
            {"class", made.cls},         {"builtin", true},
            {"config", made.config},     {"iteration", 0},
            {"iteration_after", 1},      {"hyper", made.hyper},
            {"sources", Json::object()}, {"vars", {row}},
            {"exact_grad", made.exact},  {"where", {{"file", "train.py"}, {"line", 9}}}};
  body.update(made.more);
  p.emit("update", body);
}

TEST(OptimizerUpdate, AGoodStepAgrees) {
  Program p;
  update(p, {-0.5, 4});
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
}

TEST(OptimizerUpdate, AValueBeyondTheBoundIsFoundAtItsPlace) {
  Program p;
  update(p, {-0.5, 4.00001});
  const auto found = p.verdicts.of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].scenario, "wrong-calculation");
  EXPECT_EQ(found[0].evidence["index"], Json::array({1}));
  EXPECT_EQ(found[0].where["file"], "train.py");
  EXPECT_EQ(found[0].where["line"], 9);
}

TEST(OptimizerUpdate, WhatIsNoNumberInTheGradientIsNoneInTheWeight) {
  Made made;
  Program p;
  made.row = {{"grad", p.tensor({2}, {NAN, -4})}};
  update(p, {NAN, 4}, made);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
  made.row = Json::object();  // but not where the gradient is a number
  update(p, {NAN, 4}, made);
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
}

TEST(OptimizerUpdate, AWeightThatOverflowedIsWhatItIs) {
  Program p;
  update(p, {-INFINITY, -INFINITY}, {.row = {{"grad", nullptr}}, .exact = false});
  update(p, {-INFINITY, INFINITY}, {.hyper = {{"learning_rate", 1e39}}});
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
  update(p, {-INFINITY, 4});
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
}

TEST(OptimizerUpdate, AWrongSlotIsFoundThoughTheWeightFollowsIt) {
  Made made;
  made.hyper = {{"learning_rate", 0.5}, {"momentum", 0.5}};
  Program p;
  made.row = {{"slots_before", {{"momentum", p.tensor({2}, {1, 1})}}},
              {"slots_after", {{"momentum", p.tensor({2}, {-1, 2.5})}}}};
  update(p, {0, 4.5}, made);
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  made.row["slots_after"]["momentum"] = p.tensor({2}, {-1.5, 2});  // the momentum was lost
  update(p, {-0.5, 4}, made);
  ASSERT_EQ(p.verdicts.of(kRule).size(), 1u);
  EXPECT_NE(p.verdicts.of(kRule)[0].message.find("slot momentum"), std::string::npos);
}

TEST(OptimizerUpdate, AClippingThatWasNotDoneIsAWrongSetting) {
  Made made;
  made.config = {{"clipnorm", 1.0}};
  Program p;
  update(p, {0.7, 2.4}, made);
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  update(p, {-0.5, 4}, made);
  ASSERT_EQ(p.verdicts.of(kRule).size(), 1u);
  EXPECT_EQ(p.verdicts.of(kRule)[0].scenario, "wrong-parameter-setting");
}

TEST(OptimizerUpdate, AStepOfFitImpliesItsGradient) {
  Program p;
  p.model("model:1", "mse", Json::array());
  p.begin(1, "Model.fit", "model:1");
  Made made;
  made.exact = false;
  made.more = {{"model", "model:1"}, {"call", 1}, {"where", nullptr}};
  made.row = {{"grad", nullptr}};
  const Json layer{{"id", "layer:1"},
                   {"class", "Dense"},
                   {"builtin", true},
                   {"weights", {{{"id", "variable:1"}}}}};
  p.emit("model",
         {{"id", "model:1"}, {"class", "Sequential"}, {"builtin", true}, {"layers", {layer}}});
  update(p, {-0.5, 4}, made);
  EXPECT_EQ(p.verdicts.reasons[kRule], std::vector<std::string>{"SGD: the gradient is not known"});
  made.config = {{"clipnorm", 6.0}};
  update(p, {-0.5, 4}, made);
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  made.config = {{"clipnorm", 4.0}};
  update(p, {-0.5, 4}, made);
  ASSERT_EQ(p.verdicts.of(kRule).size(), 1u);
  EXPECT_EQ(p.verdicts.of(kRule)[0].where["line"], 7);
}

TEST(OptimizerUpdate, AFunctionIsJudgedWhereOnlyTheOptimizerWrites) {
  Made made;
  made.exact = false;
  Program p;
  const Json zero = p.tensor({2}, {0, 0});
  made.hyper = {{"learning_rate", 0.5}, {"momentum", 0.5}};
  made.row = {{"grad", nullptr},
              {"slots_before", {{"momentum", zero}}},
              {"slots_after", {{"momentum", p.tensor({2}, {-1, 1})}}}};
  made.more = {{"exclusive", false}, {"sparse", Json::array()}};
  update(p, {0.5, 0.5}, made);
  EXPECT_EQ(p.verdicts.reasons[kRule].size(), 1u);
  made.more["exclusive"] = true;
  update(p, {0, 3}, made);
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  update(p, {0, 3.1}, made);
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
  made.more["sparse"] = {"variable:1"};
  update(p, {0, 3.1}, made);
  EXPECT_EQ(p.verdicts.reasons[kRule].back(), "the gradient may be sparse");
}

TEST(OptimizerUpdate, WhatIsOutsideIsNamed) {
  const auto reason = [](const Made& made) {
    Program p;
    update(p, {9, 9}, made);
    EXPECT_TRUE(p.verdicts.of(kRule).empty());
    return p.verdicts.reasons[kRule].at(0);
  };
  Made made;
  made.more = {{"builtin", false}};
  EXPECT_EQ(reason(made), "an optimizer class of the program");
  made.more = {{"iteration_after", 2}};
  EXPECT_EQ(reason(made), "not one step, but 2");
  made.more = Json::object();
  made.config = {{"gradient_accumulation_steps", 4}};
  EXPECT_EQ(reason(made), "the gradients accumulated before are not known");
  made.config = Json::object();
  made.row = {{"constraint", "Sparse"}, {"constraint_config", {{"builtin", false}}}};
  EXPECT_EQ(reason(made), "a constraint of the program changes the variable after the step");
  made.row = Json::object();
  made.cls = "Shampoo";
  EXPECT_EQ(reason(made), "no reference for class Shampoo");
}

TEST(OptimizerUpdate, AConstraintFollowsTheUpdate) {
  Made made;
  made.row = {{"constraint", "NonNeg"},
              {"constraint_config", {{"builtin", true}, {"config", Json::object()}}}};
  Program p;
  update(p, {0, 4}, made);
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  update(p, {-0.5, 4}, made);
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
}

TEST(OptimizerUpdate, GradientsAreAveragedOverTheStepsThatWait) {
  Made made;
  made.config = {{"gradient_accumulation_steps", 2}};
  Program p;
  made.row = {{"slots_before", {{"accumulated", p.tensor({2}, {0, 0})}}},
              {"slots_after", {{"accumulated", p.tensor({2}, {3, -4})}}}};
  update(p, {1, 2}, made);  // waits
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  update(p, {-0.5, 4}, made);
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
  made.more = {{"iteration", 1}, {"iteration_after", 2}};
  made.row["slots_before"]["accumulated"] = p.tensor({2}, {1, 0});
  update(p, {0, 3}, made);  // moves by the mean, (2, -2)
  EXPECT_EQ(p.verdicts.agreed[kRule], 2u);
  update(p, {-1, 4}, made);  // by the sum
  EXPECT_EQ(p.verdicts.of(kRule).size(), 2u);
}

TEST(OptimizerUpdate, TheAverageFollowsTheWeightsAndReplacesThem) {
  Made made;
  made.config = {{"use_ema", true}, {"ema_momentum", 0.5}, {"ema_overwrite_frequency", 2}};
  Program p;
  made.more = {{"iteration", 1}, {"iteration_after", 2}};
  made.row = {{"slots_before", {{"average", p.tensor({2}, {1, 2})}}},
              {"slots_after", {{"average", p.tensor({2}, {0.25, 3})}}}};
  update(p, {0.25, 3}, made);
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  update(p, {-0.5, 4}, made);  // not replaced
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
  made.row["slots_after"]["average"] = p.tensor({2}, {0.5, 2.5});
  update(p, {0.5, 2.5}, made);
  EXPECT_EQ(p.verdicts.of(kRule).size(), 2u);
}

TEST(OptimizerUpdate, AScaledGradientIsScaledBack) {
  Made made;
  made.config = {{"loss_scale_factor", 2.0}};
  Program p;
  update(p, {0.25, 3}, made);
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  update(p, {-0.5, 4}, made);
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
}

TEST(OptimizerUpdate, ARateTooSmallToShowIsNotChecked) {
  Made made;
  made.hyper = {{"learning_rate", 1e-9}};
  Program p;
  update(p, {1, 2}, made);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
  EXPECT_EQ(p.verdicts.reasons[kRule], std::vector<std::string>{"SGD: bound too wide"});
}

}  // namespace
}  // namespace kerasan::testing
