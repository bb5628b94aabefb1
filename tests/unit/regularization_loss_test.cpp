#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "regularization-loss";

void step(Program& p, const std::vector<double>& losses, const Json& regularizer) {
  Json layer{{"id", "layer:1"},
             {"name", "dense"},
             {"builtin", true},
             {"trainable", true},
             {"config", {{"kernel_regularizer", regularizer}}},
             {"weights",
              {{{"id", "variable:1"}, {"name", "dense/kernel:0"}, {"trainable", true}},
               {{"id", "variable:2"}, {"name", "dense/bias:0"}, {"trainable", true}}}}};
  p.emit("model", {{"id", "model:1"},
                   {"class", "Sequential"},
                   {"name", "m"},
                   {"when", "call"},
                   {"layers", {layer}}});
  Json told = Json::array();
  for (const double value : losses) told.push_back(p.tensor({}, {value}));
  p.emit("step",
         {{"model", "model:1"},
          {"weights", {{"variable:1", p.tensor({2}, {1, -2})}, {"variable:2", p.tensor({1}, {3})}}},
          {"losses", told}});
}

const Json kL2{{"class_name", "L2"}, {"config", {{"l2", 0.5}}}};

TEST(RegularizationLoss, ThePenaltyOfAWeightIsAmongTheLosses) {
  Program p;
  step(p, {7, 2.5}, kL2);
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
}

TEST(RegularizationLoss, AnotherValueIsFound) {
  Program p;
  step(p, {7, 2.50001}, kL2);
  ASSERT_EQ(p.verdicts.of(kRule).size(), 1u);
  EXPECT_EQ(p.verdicts.of(kRule)[0].where["layer"], "dense");
  step(p, {}, kL2);
  ASSERT_EQ(p.verdicts.of(kRule).size(), 2u);
  EXPECT_NE(p.verdicts.of(kRule)[1].message.find("no loss"), std::string::npos);
}

TEST(RegularizationLoss, WhatIsOfTheProgramIsLeftAlone) {
  Program p;
  step(p, {7}, {{"class_name", "L2"}, {"module", "train"}, {"config", Json::object()}});
  step(p, {7}, nullptr);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
  EXPECT_EQ(p.verdicts.reasons[kRule].size(), 1u);
}

}  // namespace
}  // namespace kerasan::testing
