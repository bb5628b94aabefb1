#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "gradient-value";

// Dense(1, use_bias=False) with kernel 3 on x = 2.
struct Told {
  double by_input = 3, by_kernel = 2;
  std::string cls = "Dense", precision = "float32";
};

void apply(Program& p, const Told& told) {
  const auto one = [&](double v) { return p.tensor({1, 1}, {v}); };
  p.emit("application",
         {{"class", told.cls},
          {"builtin", true},
          {"name", "dense"},
          {"config", {{"use_bias", false}}},
          {"inputs", {one(2)}},
          {"outputs", {one(6)}},
          {"masks", nullptr},
          {"training", nullptr},
          {"compute_dtype", told.precision},
          {"weights", {{{"name", "kernel"}, {"path", "dense/kernel"}, {"value", one(3)}}}},
          {"gradient",
           {{"seeds", {one(1)}},
            {"inputs", {one(told.by_input)}},
            {"weights", {one(told.by_kernel)}},
            {"arguments", Json::object()}}}});
}

TEST(GradientValue, OfALayer) {
  Program p;
  apply(p, {});
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  apply(p, {.by_kernel = 1});
  const auto found = p.verdicts.of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].evidence["by"], "kernel");
  EXPECT_EQ(found[0].claimed, 1);
  EXPECT_EQ(found[0].recomputed, 2);
  apply(p, {.by_input = 0});
  EXPECT_EQ(p.verdicts.of(kRule).size(), 2u);
}

TEST(GradientValue, OfALoss) {
  for (const double claimed : {-2.0, -4.0, -8.0}) {  // over one row of two; twice that; of the sum
    Program p;
    p.emit("loss_value", {{"class", "MeanSquaredError"},
                          {"builtin", true},
                          {"config", Json::object()},
                          {"y_true", p.tensor({2, 1}, {5, 1})},
                          {"y_pred", p.tensor({2, 1}, {3, 1})},
                          {"sample_weight", nullptr},
                          {"mask", nullptr},
                          {"result", 2.0},
                          {"gradient", {{"inputs", {p.tensor({2, 1}, {claimed, 0})}}}}});
    EXPECT_EQ(p.verdicts.of(kRule).empty(), claimed == -2.0) << claimed;
  }
}

TEST(GradientValue, WhatIsNotKnownIsNotChecked) {
  Program p;
  apply(p, {.by_kernel = 1, .cls = "Hashing"});
  apply(p, {.by_kernel = 1, .precision = "float16"});
  EXPECT_EQ(p.verdicts.reasons[kRule].size(), 2u);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
  EXPECT_EQ(p.verdicts.agreed[kRule], 0u);
}

}  // namespace
}  // namespace kerasan::testing
