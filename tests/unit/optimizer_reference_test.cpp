// Values computed by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "reference/optimizer.h"

namespace kerasan::reference {
namespace {

Bounded values(std::vector<double> v) {
  Bounded b(Shape{static_cast<std::int64_t>(v.size())});
  b.value = std::move(v);
  return b;
}

UpdateCall call_of(const char* name, double rate) {
  UpdateCall call;
  call.class_name = name;
  call.config = nlohmann::json::object();
  call.hyper["learning_rate"] = rate;
  call.before = call.after = values({1});
  call.gradient = values({2});
  return call;
}

const UpdateVariant& form(const UpdateResult& result, std::size_t k) {
  EXPECT_FALSE(result.not_checked) << result.not_checked->reason;
  return result.variants.at(k);
}

UpdateResult run(const UpdateCall& call) { return find_optimizer(call.class_name)(call); }

TEST(OptimizerReference, GradientDescent) {
  auto call = call_of("SGD", 0.1);
  EXPECT_NEAR(form(run(call), 0).after.value[0], 0.8, 1e-15);
  call.hyper["decay"] = 0.5;  // 0.1 / (1 + 0.5 * 2)
  call.iteration = 2;
  EXPECT_NEAR(form(run(call), 0).after.value[0], 0.9, 1e-15);
  call.hyper["weight_decay"] = 0.5;  // 1 - 0.05 * 0.5 - 0.05 * 2
  EXPECT_NEAR(form(run(call), 0).after.value[0], 0.875, 1e-15);
}

TEST(OptimizerReference, MomentumAndNesterov) {
  auto call = call_of("SGD", 0.1);
  call.hyper["momentum"] = 0.5;
  call.slots_before["momentum"] = values({0.4});
  auto result = run(call);
  EXPECT_NEAR(form(result, 0).slots.at("momentum").value[0], 0.0, 1e-15);  // 0.2 - 0.2
  EXPECT_NEAR(form(result, 0).after.value[0], 1.0, 1e-15);
  EXPECT_NEAR(form(result, 1).slots.at("momentum").value[0], 2.2, 1e-15);  // without the rate
  EXPECT_NEAR(form(result, 1).after.value[0], 0.78, 1e-15);
  call.hyper["nesterov"] = 1;
  result = run(call);
  EXPECT_NEAR(form(result, 0).after.value[0], 0.8, 1e-15);
  EXPECT_NEAR(form(result, 1).after.value[0], 1 - 0.1 * (0.5 * 2.2 + 2), 1e-15);
}

TEST(OptimizerReference, TheVelocityTellsTheGradient) {
  auto call = call_of("SGD", 0.1);
  call.hyper["momentum"] = 0.5;
  call.gradient.reset();
  call.slots_before["momentum"] = values({0.4});
  call.slots_after["momentum"] = values({-0.1});
  const auto result = run(call);
  EXPECT_NEAR(form(result, 0).implied->value[0], 3, 1e-14);
  EXPECT_NEAR(form(result, 0).after.value[0], 0.9, 1e-15);
}

TEST(OptimizerReference, AdamFirstStepMovesByTheRate) {
  auto call = call_of("Adam", 0.1);
  call.hyper["epsilon"] = 0.5;
  call.slots_before = {{"m", values({0})}, {"v", values({0})}};
  const auto result = run(call);
  EXPECT_NEAR(form(result, 0).slots.at("m").value[0], 0.2, 1e-15);
  EXPECT_NEAR(form(result, 0).slots.at("v").value[0], 0.004, 1e-15);
  const double root = std::sqrt(0.004), rate = 0.1 * std::sqrt(1 - 0.999) / (1 - 0.9);
  EXPECT_NEAR(form(result, 0).after.value[0], 1 - rate * 0.2 / (root + 0.5), 1e-12);
  EXPECT_NEAR(form(result, 1).after.value[0], 1 - 0.1 * 2 / (2 + 0.5), 1e-12);
}

TEST(OptimizerReference, AmsgradKeepsTheLargest) {
  auto call = call_of("Adam", 0.1);
  call.hyper["amsgrad"] = 1;
  call.slots_before = {{"m", values({0})}, {"v", values({0})}, {"vhat", values({4})}};
  const auto result = run(call);
  EXPECT_EQ(form(result, 0).slots.at("vhat").value[0], 4);
  const double rate = 0.1 * std::sqrt(1 - 0.999) / (1 - 0.9);
  EXPECT_NEAR(form(result, 0).after.value[0], 1 - rate * 0.2 / 2, 1e-7);
}

TEST(OptimizerReference, AdamsMeanTellsTheGradient) {
  auto call = call_of("Adam", 0.1);
  call.gradient.reset();
  call.slots_before = {{"m", values({1})}, {"v", values({0})}};
  call.slots_after = {{"m", values({1.1})}, {"v", values({0.004})}};
  const auto result = run(call);
  EXPECT_NEAR(form(result, 0).implied->value[0], 2, 1e-12);
  EXPECT_NEAR(form(result, 0).slots.at("v").value[0], 0.004, 1e-12);
  EXPECT_FALSE(form(result, 0).slots.contains("m"));
}

TEST(OptimizerReference, RmspropCenteredWithMomentum) {
  auto call = call_of("RMSprop", 0.1);
  call.hyper.insert({{"momentum", 0.5}, {"centered", 1}, {"epsilon", 0.06}});
  call.slots_before = {{"rms", values({1})}, {"mg", values({1})}, {"momentum", values({0.2})}};
  const auto result = run(call);  // rms 1.3, mean 1.1, spread 0.09
  EXPECT_NEAR(form(result, 0).slots.at("rms").value[0], 1.3, 1e-15);
  EXPECT_NEAR(form(result, 0).slots.at("mg").value[0], 1.1, 1e-15);
  EXPECT_NEAR(form(result, 0).after.value[0], 1 - (0.1 + 0.2 / std::sqrt(0.15)), 1e-12);
  EXPECT_NEAR(form(result, 1).after.value[0], 1 - (0.1 + 0.2 / 0.36), 1e-12);
}

TEST(OptimizerReference, AdagradAndAdamax) {
  auto call = call_of("Adagrad", 0.1);
  call.config["initial_accumulator_value"] = 5;
  call.slots_after["accumulator"] = values({9});  // created by this step
  EXPECT_NEAR(form(run(call), 1).after.value[0], 1 - 0.2 / (3 + 1e-7), 1e-12);
  auto adamax = call_of("Adamax", 0.1);
  adamax.slots_before = {{"m", values({0})}, {"v", values({1})}};
  EXPECT_NEAR(form(run(adamax), 1).after.value[0], 1 - 1 * 0.2 / 2, 1e-12);
}

TEST(OptimizerReference, AdadeltaAndNadam) {
  auto call = call_of("Adadelta", 0.5);
  call.hyper.insert({{"rho", 0.5}, {"epsilon", 1}});
  call.slots_before = {{"accum_grad", values({26})}, {"accum_var", values({8})}};
  const auto result = run(call);  // squares 15, move 3 / 4 * 2
  EXPECT_NEAR(form(result, 0).slots.at("accum_grad").value[0], 15, 1e-14);
  EXPECT_NEAR(form(result, 0).slots.at("accum_var").value[0], 4 + 0.5 * 2.25, 1e-14);
  EXPECT_NEAR(form(result, 0).after.value[0], 0.25, 1e-14);
  auto nadam = call_of("Nadam", 0.1);
  nadam.slots_before = {{"m", values({0})}, {"v", values({0})}};
  const double now = 0.9 * (1 - 0.5 * std::pow(0.96, 0.004)),
               next = 0.9 * (1 - 0.5 * std::pow(0.96, 0.008));
  const double mean = (1 - now) * 2 / (1 - now) + next * 0.2 / (1 - now * next);
  EXPECT_NEAR(form(run(nadam), 0).after.value[0], 1 - 0.1 * mean / (2 + 1e-7), 1e-7);
}

TEST(OptimizerReference, TheAccumulatorTellsTheSizeOfTheGradient) {
  auto call = call_of("RMSprop", 0.1);
  call.gradient.reset();
  call.hyper.insert({{"rho", 0.5}, {"epsilon", 1}});
  call.slots_before["rms"] = values({2});
  call.slots_after["rms"] = values({3});  // so the square of the gradient is 4
  call.after = values({1.5});             // and it was negative
  const auto result = run(call);
  EXPECT_NEAR(form(result, 0).implied->value[0], -2, 1e-14);
  EXPECT_NEAR(form(result, 0).after.value[0], 1.1, 1e-14);
  EXPECT_TRUE(form(result, 0).slots.empty());
}

TEST(OptimizerReference, ABoundCoversFloat32AndLittleMore) {
  auto call = call_of("Adam", 0.001);
  call.iteration = 100;
  call.slots_before = {{"m", values({0.5})}, {"v", values({0.3})}};
  const auto result = run(call);
  EXPECT_GT(form(result, 0).after.bound[0], 0x1p-25);
  EXPECT_LT(form(result, 0).after.bound[0], 1e-6);
}

TEST(OptimizerReference, ASlotThatIsNotThereIsNamed) {
  const auto result = run(call_of("Adam", 0.1));
  ASSERT_TRUE(result.not_checked);
  EXPECT_EQ(result.not_checked->reason, "Adam: slot m was not recorded");
}

TEST(Clipping, ByValueByNormAndByTheNormOfAll) {
  EXPECT_EQ(clip_by_value(values({3, -4, 0.5}), 1).value, (std::vector<double>{1, -1, 0.5}));
  const Bounded g = values({3, 4}), other = values({12});
  EXPECT_NEAR(clip_by_norm(g, {&g}, 1, DType::kFloat32).value[1], 0.8, 1e-15);
  EXPECT_NEAR(clip_by_norm(g, {&g, &other}, 6.5, DType::kFloat32).value[0], 1.5, 1e-15);
  EXPECT_EQ(clip_by_norm(g, {&g}, 10, DType::kFloat32).value[0], 3);
}

double rate_of(const char* name, const nlohmann::json& config, int step) {
  const auto rate = find_schedule(name)(config, step);
  EXPECT_FALSE(rate.not_checked) << rate.not_checked->reason;
  EXPECT_LT(rate.bound, 1e-4);
  return rate.value;
}

TEST(Schedules, DocumentedValues) {
  nlohmann::json config{{"initial_learning_rate", 0.8}, {"decay_steps", 10}, {"decay_rate", 0.25}};
  EXPECT_NEAR(rate_of("ExponentialDecay", config, 5), 0.4, 1e-15);
  EXPECT_NEAR(rate_of("InverseTimeDecay", config, 40), 0.4, 1e-15);
  config["staircase"] = true;
  EXPECT_NEAR(rate_of("ExponentialDecay", config, 19), 0.2, 1e-15);
  nlohmann::json fall{{"initial_learning_rate", 1.0},
                      {"decay_steps", 10},
                      {"end_learning_rate", 0.2},
                      {"power", 2}};
  EXPECT_NEAR(rate_of("PolynomialDecay", fall, 5), 0.4, 1e-15);
  EXPECT_NEAR(rate_of("PolynomialDecay", fall, 25), 0.2, 1e-15);
  fall["cycle"] = true;
  EXPECT_NEAR(rate_of("PolynomialDecay", fall, 15), 0.25, 1e-15);  // 0.8 (1 - 15/20)^2 + 0.2
}

TEST(Schedules, BoundariesAndWarmup) {
  const nlohmann::json steps{{"boundaries", {10, 20}}, {"values", {1.0, 0.5, 0.25}}};
  EXPECT_EQ(rate_of("PiecewiseConstantDecay", steps, 10), 1.0);
  EXPECT_EQ(rate_of("PiecewiseConstantDecay", steps, 11), 0.5);
  EXPECT_EQ(rate_of("PiecewiseConstantDecay", steps, 21), 0.25);
  nlohmann::json cosine{{"initial_learning_rate", 0.2}, {"decay_steps", 10}, {"alpha", 0.5}};
  EXPECT_NEAR(rate_of("CosineDecay", cosine, 5), 0.15, 1e-15);
  cosine.update({{"warmup_target", 1.0}, {"warmup_steps", 4}});
  EXPECT_NEAR(rate_of("CosineDecay", cosine, 2), 0.6, 1e-15);
  EXPECT_NEAR(rate_of("CosineDecay", cosine, 14), 0.5, 1e-15);
}

TEST(OptimizerReference, LionMovesByTheRateAgainstTheInterpolation) {
  auto call = call_of("Lion", 0.1);
  call.slots_before = {{"momentum", values({-100})}};
  const auto result = run(call);  // 0.9 * -100 + 0.1 * 2 < 0
  EXPECT_NEAR(form(result, 0).after.value[0], 1.1, 1e-12);
  EXPECT_NEAR(form(result, 0).slots.at("momentum").value[0], -98.98, 1e-12);
}

TEST(OptimizerReference, LambScalesByTheRatioOfNorms) {
  auto call = call_of("Lamb", 0.1);
  call.before = call.after = values({3, 4});
  call.gradient = values({2, 2});
  call.hyper["epsilon"] = 0;
  call.slots_before = {{"m", values({0, 0})}, {"v", values({0, 0})}};
  const double step = 0.1 * 5 / std::sqrt(2.0);  // Adam's step is (1, 1)
  EXPECT_NEAR(form(run(call), 0).after.value[0], 3 - step, 1e-12);
  EXPECT_NEAR(form(run(call), 0).after.value[1], 4 - step, 1e-12);
}

TEST(OptimizerReference, FtrlSolvesTheLinearizedProblem) {
  auto call = call_of("Ftrl", 0.5);
  call.hyper["l1_regularization_strength"] = 0.5;
  call.hyper["l2_regularization_strength"] = 0.25;
  call.slots_before = {{"accumulator", values({5})}, {"linear", values({4})}};
  const auto result = run(call);  // n = 9; sigma = (3 - sqrt 5) / 0.5; z = 6 - sigma
  const double z = 6 - (3 - std::sqrt(5.0)) / 0.5;
  EXPECT_NEAR(form(result, 0).slots.at("accumulator").value[0], 9, 1e-12);
  EXPECT_NEAR(form(result, 0).slots.at("linear").value[0], z, 1e-12);
  EXPECT_NEAR(form(result, 0).after.value[0], (0.5 - z) / (6 + 0.25), 1e-12);
  EXPECT_NEAR(form(result, 1).after.value[0], (0.5 - z) / (6 + 0.5), 1e-12);
}

TEST(ScheduleReference, CosineDecayRestarts) {
  const nlohmann::json config{{"initial_learning_rate", 0.5},
                              {"first_decay_steps", 100},
                              {"t_mul", 2.0},
                              {"m_mul", 0.5},
                              {"alpha", 0.0}};
  const auto at = [&](std::int64_t step) {
    const auto rate = find_schedule("CosineDecayRestarts")(config, step);
    EXPECT_FALSE(rate.not_checked) << rate.not_checked->reason;
    return rate.value;
  };
  EXPECT_NEAR(at(50), 0.25, 1e-7);
  EXPECT_NEAR(at(200), 0.125, 1e-7);  // the middle of the second period, of 200 steps
  EXPECT_TRUE(find_schedule("CosineDecayRestarts")(config, 100).not_checked);
}

}  // namespace
}  // namespace kerasan::reference
