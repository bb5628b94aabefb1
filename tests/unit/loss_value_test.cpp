#include <gtest/gtest.h>

#include <cmath>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "loss-value";

struct Told {
  std::string cls;
  Json config = Json::object(), weight = nullptr, mask = nullptr;
};

void call(Program& p, const Told& told, const Json& y_true, const Json& y_pred,
          const Json& result) {
  p.emit("loss_value", {{"class", told.cls},
                        {"builtin", true},
                        {"config", told.config},
                        {"y_true", y_true},
                        {"y_pred", y_pred},
                        {"sample_weight", told.weight},
                        {"mask", told.mask},
                        {"result", result},
                        {"where", {{"file", "train.py"}, {"line", 3}}}});
}

// True: agrees. False: a finding.
bool holds(const Told& told, const Json& y_true, const Json& y_pred, const Json& result,
           Program& p) {
  call(p, told, y_true, y_pred, result);
  EXPECT_TRUE(p.verdicts.reasons[kRule].empty()) << p.verdicts.reasons[kRule][0];
  return p.verdicts.of(kRule).empty() && p.verdicts.agreed[kRule] == 1;
}

TEST(LossValue, WeightsTheRowsAndDividesByTheirNumber) {
  for (double claimed : {6.0, 2.0, 3.0}) {  // right; weights ignored; over the sum of weights
    Program p;
    const Told told{"MeanSquaredError", Json::object(), p.tensor({2}, {1, 3}), nullptr};
    EXPECT_EQ(holds(told, p.tensor({2, 1}, {1, 2}), p.tensor({2, 1}, {1, 4}), claimed, p),
              claimed == 6.0);
  }
}

TEST(LossValue, FollowsTheReduction) {
  for (const auto& [reduction, right] :
       {std::pair{"sum", 12.0}, {"mean_with_sample_weight", 3.0}, {"mean", 6.0}}) {
    Program p;
    const Told told{"MeanSquaredError", {{"reduction", reduction}}, p.tensor({2}, {1, 3}), nullptr};
    EXPECT_TRUE(holds(told, p.tensor({2, 1}, {1, 2}), p.tensor({2, 1}, {1, 4}), right, p))
        << reduction;
  }
}

TEST(LossValue, LeavesOutWhatAMaskLeavesOut) {
  for (double claimed : {4.0, 2.0}) {
    Program p;
    const Told told{"MeanSquaredError", Json::object(), nullptr, p.tensor({2}, {0, 1})};
    EXPECT_EQ(holds(told, p.tensor({2, 1}, {1, 2}), p.tensor({2, 1}, {1, 4}), claimed, p),
              claimed == 4.0);
  }
}

TEST(LossValue, DiceOfTheDocumentedExample) {
  for (double claimed : {0.6164384, 0.61644}) {
    Program p;
    const Json y = p.tensor({2, 4}, {1, 1, 0, 0, 1, 1, 0, 0});
    const Json q = p.tensor({2, 4}, {0, 1, 0, 1, 0.4, 0, 0, 0.9});
    EXPECT_EQ(holds({"Dice"}, y, q, claimed, p), claimed == 0.6164384);
  }
}

TEST(LossValue, TverskyWeighsFalsePositivesByAlpha) {
  // TP 0.5, FP 1, FN 0.5: 1 - 0.5 / (0.5 + 0.25 * 1 + 1 * 0.5) = 0.6.
  for (double claimed : {0.6, 1 - 0.5 / 1.625}) {
    Program p;
    const Told told{"Tversky", {{"alpha", 0.25}, {"beta", 1.0}}};
    EXPECT_EQ(holds(told, p.tensor({1, 2}, {1, 0}), p.tensor({1, 2}, {0.5, 1}), claimed, p),
              claimed == 0.6);
  }
}

TEST(LossValue, CtcSumsOverThePaths) {
  // Two steps of equal logits over a blank and one label: three of four paths give the label.
  for (double claimed : {-std::log(0.75), -std::log(0.5)}) {
    Program p;
    EXPECT_EQ(holds({"CTC"}, p.tensor({1, 1}, {1}), p.tensor({1, 2, 2}, {1, 1, 1, 1}), claimed, p),
              claimed == -std::log(0.75));
  }
}

TEST(LossValue, FocalOfTheDocumentedExample) {
  for (double claimed : {0.691, 0.71}) {  // told to three digits
    Program p;
    const Told told{"BinaryFocalCrossentropy", {{"gamma", 2.0}, {"from_logits", true}}};
    call(p, told, p.tensor({1, 4}, {0, 1, 0, 0}), p.tensor({1, 4}, {-18.6, 0.51, 2.94, -12.8}),
         claimed);
    ASSERT_EQ(p.verdicts.of(kRule).size(), 1u);
    EXPECT_NEAR(p.verdicts.of(kRule)[0].recomputed.get<double>(), 0.691, 5e-4);
  }
}

TEST(LossValue, UnknownLossesAreNamed) {
  Program p;
  call(p, {"Mine"}, p.tensor({1, 1}, {1}), p.tensor({1, 1}, {2}), 1.0);
  ASSERT_EQ(p.verdicts.reasons[kRule].size(), 1u);
  EXPECT_NE(p.verdicts.reasons[kRule][0].find("Mine"), std::string::npos);
}

}  // namespace
}  // namespace kerasan::testing
