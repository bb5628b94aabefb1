#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "evaluation_events.h"
#include "reference/initializer.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "initializer-distribution";

reference::InitializerResult judge(const std::string& name, Json config, Shape shape,
                                   std::vector<double> values) {
  reference::InitializerCall call{name, config, reference::Bounded(shape), DType::kFloat32};
  call.values.value = std::move(values);
  return reference::find_initializer(name)(call);
}

std::vector<double> uniform(std::size_t n, double limit, unsigned seed = 1) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> draw(-limit, limit);
  std::vector<double> out(n);
  for (double& v : out) v = draw(engine);
  return out;
}

std::vector<double> normal(std::size_t n, double deviation, double cut = INFINITY) {
  std::mt19937 engine(2);
  std::normal_distribution<double> draw(0, 1);
  std::vector<double> out;
  while (out.size() < n)
    if (const double v = draw(engine); std::abs(v) <= cut) out.push_back(v * deviation);
  return out;
}

bool departs(const reference::InitializerResult& result) {
  EXPECT_FALSE(result.not_checked) << result.not_checked->reason;
  return result.departure.has_value();
}

TEST(InitializerReference, UniformOfTheGlorotFamily) {
  const double limit = std::sqrt(6.0 / 300);  // 100 in, 200 out
  EXPECT_FALSE(departs(judge("GlorotUniform", Json::object(), {100, 200}, uniform(20000, limit))));
  EXPECT_TRUE(departs(judge("HeUniform", Json::object(), {100, 200}, uniform(20000, limit))));
  EXPECT_TRUE(
      departs(judge("LecunUniform", Json::object(), {100, 200}, uniform(20000, limit * 0.9))));
  auto outside = uniform(20000, limit);
  outside[7] = limit * 1.001;
  EXPECT_TRUE(departs(judge("glorot_uniform", Json::object(), {100, 200}, outside)));
}

TEST(InitializerReference, TruncationIsSeen) {
  const Json config{{"mean", 0.0}, {"stddev", 0.5}};
  EXPECT_FALSE(departs(judge("TruncatedNormal", config, {4000}, normal(4000, 0.5, 2))));
  EXPECT_TRUE(departs(judge("TruncatedNormal", config, {4000}, normal(4000, 0.5))));
  EXPECT_FALSE(departs(judge("RandomNormal", config, {4000}, normal(4000, 0.5))));
  EXPECT_TRUE(departs(judge("RandomNormal", config, {4000}, normal(4000, 0.5, 2))));
}

TEST(InitializerReference, VarianceScalingIsMeasuredAfterTruncation) {
  const Json config{{"scale", 2.0}, {"mode", "fan_out"}, {"distribution", "truncated_normal"}};
  const double before = std::sqrt(2.0 / (9 * 16)) / 0.87962566;  // a 3 x 3 window, 16 filters
  EXPECT_FALSE(departs(judge("VarianceScaling", config, {3, 3, 64, 16}, normal(9216, before, 2))));
  EXPECT_TRUE(
      departs(judge("VarianceScaling", config, {3, 3, 64, 16}, normal(9216, before * 0.88, 2))));
}

TEST(InitializerReference, ConstantsAreExact) {
  EXPECT_FALSE(departs(judge("Zeros", Json::object(), {2}, {0, 0})));
  EXPECT_TRUE(departs(judge("Ones", Json::object(), {2}, {1, 0})));
  EXPECT_FALSE(departs(judge("Constant", {{"value", 0.1}}, {1}, {double(0.1f)})));
  EXPECT_TRUE(departs(judge("Constant", {{"value", 0.1}}, {1}, {0.2})));
  EXPECT_FALSE(departs(judge("Identity", {{"gain", 2}}, {2, 3}, {2, 0, 0, 0, 2, 0})));
  EXPECT_TRUE(departs(judge("Identity", {{"gain", 2}}, {2, 2}, {2, 0, 2, 0})));
  EXPECT_TRUE(judge("Constant", {{"value", {1, 2}}}, {2}, {1, 2}).not_checked);
}

TEST(InitializerReference, OrthogonalUpToItsBound) {
  const double c = 0.6, s = 0.8;
  EXPECT_FALSE(departs(judge("Orthogonal", {{"gain", 2}}, {2, 2}, {2 * c, -2 * s, 2 * s, 2 * c})));
  EXPECT_TRUE(departs(judge("Orthogonal", Json::object(), {2, 2}, {c, -s, s, c + 0.01})));
  EXPECT_FALSE(departs(judge("Orthogonal", Json::object(), {1, 2, 1}, {c, s})));
}

TEST(InitializerReference, TooFewValuesTellNothing) {
  EXPECT_TRUE(judge("RandomNormal", Json::object(), {3}, {0.01, 0.02, -0.03}).not_checked);
}

void initial(Program& p, const std::vector<double>& values, const Json& more = Json::object()) {
  const Shape shape{static_cast<std::int64_t>(values.size())};
  Json body{{"class", "RandomUniform"},
            {"builtin", true},
            {"name", "kernel"},
            {"layer", "dense"},
            {"config", {{"minval", -1.0}, {"maxval", 1.0}, {"seed", 3}}},
            {"value", p.tensor(shape, values)},
            {"call", nullptr},
            {"repeats", true},
            {"place", {{"file", "train.py"}, {"line", 4}}}};
  body.update(more);
  p.emit("initial", body);
}

TEST(InitializerDistribution, AGoodSampleAgreesAndAnotherIsFound) {
  Program p;
  initial(p, uniform(1000, 1));
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  initial(p, uniform(2000, 0.5));
  ASSERT_EQ(p.verdicts.of(kRule).size(), 1u);
  EXPECT_EQ(p.verdicts.of(kRule)[0].where["line"], 4);
}

TEST(InitializerDistribution, OneSeedGivesTheSameValues) {
  Program p;
  initial(p, uniform(1000, 1));
  initial(p, uniform(1000, 1));
  EXPECT_EQ(p.verdicts.agreed[kRule], 3u);
  initial(p, uniform(1000, 1, 9));
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
  initial(p, uniform(1000, 1, 9), {{"repeats", false}});
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
}

TEST(InitializerDistribution, InitializersOfTheProgramAreNotChecked) {
  Program p;
  initial(p, uniform(1000, 0.5), {{"builtin", false}});
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
  EXPECT_EQ(p.verdicts.reasons[kRule].size(), 1u);
}

}  // namespace
}  // namespace kerasan::testing
