#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "hyperparameter-in-effect";

void update(Program& p, double held, double source, const std::string& kind = "variable") {
  p.emit("update", {{"call", nullptr},
                    {"optimizer", "optimizer:1"},
                    {"class", "SGD"},
                    {"hyper", {{"learning_rate", held}}},
                    {"sources",
                     {{"learning_rate", {{"kind", kind}, {"value", source}, {"config", nullptr}}}}},
                    {"vars",
                     {{{"id", "variable:1"},
                       {"name", "kernel"},
                       {"before", p.tensor({2}, {1, 1})},
                       {"after", p.tensor({2}, {0.5, 1.5})},
                       {"grad", p.tensor({2}, {1, -1})}}}},
                    {"exact_grad", true}});
}

TEST(HyperparameterInEffect, AFollowedVariableAgrees) {
  Program p;
  update(p, 0.5, 0.5);
  update(p, 0.1, 0.1f);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
  EXPECT_EQ(p.verdicts.agreed[kRule], 2u);
}

TEST(HyperparameterInEffect, FindsACopiedVariableAndTheRateOfTheStep) {
  Program p;
  update(p, 0.5, 0.5);
  update(p, 0.5, 0.1);
  const auto found = p.verdicts.of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].message.find("implies a rate of 0.5"), std::string::npos) << found[0].message;
}

// `first`: the value of the variable when the optimizer was made.
Program first_update(double held, double now, double first) {
  Program p;
  p.emit("update",
         {{"call", nullptr},
          {"optimizer", "optimizer:1"},
          {"class", "Adam"},
          {"hyper", {{"learning_rate", held}}},
          {"sources",
           {{"learning_rate",
             {{"kind", "variable"}, {"value", now}, {"config", nullptr}, {"first", first}}}}}});
  return p;
}

TEST(HyperparameterInEffect, FindsAVariableThatMovedBeforeTheFirstUpdateSeen) {
  EXPECT_EQ(first_update(0.1f, 0.0, 0.1).verdicts.of(kRule).size(), 1u);
  EXPECT_TRUE(first_update(0.2, 0.0, 0.1).verdicts.of(kRule).empty());
  EXPECT_EQ(first_update(0.0, 0.0, 0.1).verdicts.agreed[kRule], 1u);
}

void scheduled(Program& p, double held) {
  const Json config{
      {"class", "ExponentialDecay"},
      {"builtin", true},
      {"config", {{"initial_learning_rate", 0.8}, {"decay_steps", 10}, {"decay_rate", 0.25}}}};
  p.emit("update",
         {{"call", nullptr},
          {"optimizer", "optimizer:1"},
          {"class", "SGD"},
          {"iteration", 5},
          {"hyper", {{"learning_rate", held}}},
          {"where", {{"file", "train.py"}, {"line", 3}}},
          {"sources",
           {{"learning_rate", {{"kind", "schedule"}, {"value", held}, {"config", config}}}}}});
}

TEST(HyperparameterInEffect, AScheduleGivesItsDocumentedRate) {
  Program p;
  scheduled(p, 0.4f);
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  scheduled(p, 0.4001);
  ASSERT_EQ(p.verdicts.of(kRule).size(), 1u);
  EXPECT_EQ(p.verdicts.of(kRule)[0].where["line"], 3);
}

TEST(HyperparameterInEffect, ANumberHeldUnchangedAgrees) {
  Program p;
  update(p, 0.1f, 0.1, "number");
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
}

TEST(HyperparameterInEffect, AValueSetByTheProgramIsItsOwnDoing) {
  Program p;
  update(p, 0.5, 0.5);
  update(p, 0.2, 0.5);
  update(p, 0.2, 0.1);
  update(p, 0.7, 0.5, "number");
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
}

}  // namespace
}  // namespace kerasan::testing
