// The derivative of each loss against differences of its own values, in float64.
#include <gtest/gtest.h>

#include <cmath>

#include "reference/gradient.h"

namespace kerasan::reference {
namespace {

using Json = nlohmann::json;

Bounded values(const Shape& shape, const std::vector<double>& v) {
  Bounded out(shape);
  out.value = v;
  return out;
}

double total(const std::string& name, const LossCall& call) {
  double sum = 0;
  for (double v : find_loss(name)(call).rows.value) sum += v;
  return sum;
}

void check(const std::string& name, LossCall call) {
  call.precision = DType::kFloat64;
  const LossGradient gradient = find_loss_gradient(name)({call, false});
  ASSERT_FALSE(gradient.not_checked) << name << ": " << gradient.not_checked->reason;
  constexpr double kStep = 1e-6;
  for (std::size_t i = 0; i < call.y_pred.size(); ++i) {
    const double held = call.y_pred.value[i];
    call.y_pred.value[i] = held + kStep;
    const double up = total(name, call);
    call.y_pred.value[i] = held - kStep;
    const double slope = (up - total(name, call)) / (2 * kStep);
    call.y_pred.value[i] = held;
    // Where epsilon stands is not documented: about 1e-7 of the value.
    EXPECT_NEAR(gradient.gradient.value[i], slope, 2e-6 * (1 + std::fabs(slope))) << name << i;
    EXPECT_LT(gradient.gradient.bound[i], 1e-5 * (1 + std::fabs(slope))) << name << i;
  }
}

TEST(LossGradient, OfEachElement) {
  const Bounded t = values({2, 2}, {0.5, -1, 2, 0.1}), p = values({2, 2}, {0.9, 0.4, 4.5, 0.3});
  for (const char* name : {"MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
                           "Huber", "LogCosh", "Hinge", "SquaredHinge", "Poisson"})
    check(name, {Json::object(), t, p});
  check("MeanSquaredLogarithmicError",
        {Json::object(), values({1, 3}, {0.5, 2, 0}), values({1, 3}, {0.9, 0.4, 4.5})});
  check("CategoricalHinge", {Json::object(), values({2, 3}, {0, 1, 0, 1, 0, 0}),
                             values({2, 3}, {0.2, 0.4, -1, 5, 1, 2})});
  check("CosineSimilarity", {Json::object(), t, p});
}

// Of the logits behind the probabilities it has no pole, however small a probability is.
TEST(LossGradient, GeneralizedCrossEntropyOfLogits) {
  const std::string name = "CategoricalGeneralizedCrossEntropy";
  const auto loss_of = [&](std::vector<double> z) {
    double sum = 0;
    for (double& v : z) sum += v = std::exp(v);
    for (double& v : z) v /= sum;
    return total(name, {Json::object(), values({1}, {1}), values({1, 3}, z), DType::kFloat64});
  };
  std::vector<double> z{2, -1, 0.5};
  LossCall call{Json::object(), values({1}, {1}), values({1, 3}, z), DType::kFloat64};
  const LossGradient gradient = find_loss_gradient(name)({call, true});
  for (std::size_t k = 0; k < 3; ++k) {
    const double held = z[k];
    z[k] = held + 1e-6;
    const double up = loss_of(z);
    z[k] = held - 1e-6;
    EXPECT_NEAR(gradient.gradient.value[k], (up - loss_of(z)) / 2e-6, 1e-6);
    EXPECT_LT(gradient.gradient.bound[k], 1e-12);
    z[k] = held;
  }
  call.y_pred = values({1, 3}, {0, -400, 1});
  for (const double v : find_loss_gradient(name)({call, true}).gradient.value)
    EXPECT_NEAR(v, 0, 1e-30);
}

TEST(LossGradient, FocalOfProbabilitiesAndLogits) {
  const Bounded t = values({2, 2}, {1, 0, 0, 1}), p = values({2, 2}, {0.7, 0.1, 0.6, 0.3});
  for (const double gamma : {2.0, 1.0, 0.0})
    for (const bool logits : {false, true})
      check("BinaryFocalCrossentropy", {{{"gamma", gamma},
                                         {"from_logits", logits},
                                         {"apply_class_balancing", true},
                                         {"label_smoothing", logits ? 0.2 : 0.0}},
                                        t,
                                        p});
}

TEST(LossGradient, FocalOfClasses) {
  const Bounded t = values({2, 3}, {1, 0, 0, 0, 0.4, 0.6}),
                p = values({2, 3}, {0.6, 0.3, 0.1, 0.2, 0.5, 0.3});
  for (const double gamma : {2.0, 1.0, 0.0})
    for (const bool logits : {false, true})
      check("CategoricalFocalCrossentropy", {{{"gamma", gamma},
                                              {"from_logits", logits},
                                              {"alpha", {0.25, 0.5, 1.0}},
                                              {"label_smoothing", logits ? 0.1 : 0.0}},
                                             t,
                                             p});
  check("CategoricalGeneralizedCrossEntropy", {{{"q", 0.3}}, values({2}, {0, 2}), p});
}

TEST(LossGradient, OfOverlaps) {
  const Bounded t = values({2, 3}, {1, 0, 1, 0, 1, 1}),
                p = values({2, 3}, {0.6, 0.3, 0.1, 0.2, 0.5, 0.3});
  for (const Json& axis : {Json(), Json::array({1}), Json::array({0})}) {
    check("Dice", {{{"axis", axis}}, t, p});
    check("Tversky", {{{"axis", axis}, {"alpha", 0.3}, {"beta", 0.8}}, t, p});
  }
  EXPECT_EQ(find_loss_gradient("Dice")({{Json::object(), t, p}, false}).rows, 1U);
  EXPECT_TRUE(find_loss_gradient("Dice")({{{{"axis", {0}}}, t, p}, false}).of_batch);
}

TEST(LossGradient, OfPathsThroughLabels) {
  Bounded z(Shape{2, 5, 3});
  for (std::size_t i = 0; i < z.size(); ++i) z.value[i] = std::sin(double(3 * i + 1));
  check("CTC", {Json::object(), values({2, 3}, {1, 1, 2, 2, 0, 0}), z});
  EXPECT_TRUE(
      find_loss_gradient("CTC")({{Json::object(), values({1, 2}, {1, 9}), z}, false}).not_checked);
}

TEST(LossGradient, OfPairsInABatch) {
  const Bounded e = values({4, 2}, {1, 0, 0.6, 0.8, 0, 1, -0.8, 0.6});
  const LossCall call{{{"gamma", 4.0}, {"margin", 0.3}}, values({4}, {0, 0, 1, 1}), e};
  check("Circle", call);
  EXPECT_TRUE(find_loss_gradient("Circle")({call, false}).of_batch);
}

TEST(LossGradient, AClippedTargetMayPullAtNoClass) {
  LossCall call{Json::object(), values({1, 2}, {1, 0}), values({1, 2}, {1, 0})};
  const LossGradient gradient = find_loss_gradient("CategoricalCrossentropy")({call, false});
  EXPECT_GE(gradient.gradient.bound[1], 1);
}

TEST(LossGradient, OfProbabilities) {
  const Bounded t = values({2, 3}, {1, 0, 0, 0.2, 0.3, 0.5}),
                p = values({2, 3}, {0.7, 0.1, 0.2, 0.3, 0.3, 0.4});
  check("CategoricalCrossentropy", {Json::object(), t, p});
  check("CategoricalCrossentropy", {{{"label_smoothing", 0.1}}, t, p});
  check("CategoricalCrossentropy", {{{"from_logits", true}}, t, p});
  check("SparseCategoricalCrossentropy", {Json::object(), values({2}, {2, 0}), p});
  check("BinaryCrossentropy", {Json::object(), t, p});
  check("BinaryCrossentropy", {{{"from_logits", true}, {"label_smoothing", 0.2}}, t, p});
  check("KLDivergence", {Json::object(), t, p});
}

TEST(LossGradient, BothSidesOfAKinkAreWithinTheBound) {
  LossCall call{Json::object(), values({1, 1}, {2}), values({1, 1}, {2})};
  const LossGradient gradient = find_loss_gradient("MeanAbsoluteError")({call, false});
  EXPECT_NEAR(gradient.gradient.value[0], 0, 1e-12);
  EXPECT_GE(gradient.gradient.bound[0], 1);
  EXPECT_LT(gradient.gradient.bound[0], 1 + 1e-6);
}

// A logit of 0 and one of 40: without clipping p - t, with it 0.
TEST(LossGradient, ASaturatedProbabilityMayHaveLostItsDerivative) {
  LossCall call{Json::object(), values({1, 2}, {1, 0}), values({1, 2}, {0, 40})};
  const LossGradient gradient = find_loss_gradient("CategoricalCrossentropy")({call, true});
  EXPECT_NEAR(gradient.gradient.value[0], -1, 1e-9);
  EXPECT_GE(gradient.gradient.bound[0], 1);
}

}  // namespace
}  // namespace kerasan::reference
