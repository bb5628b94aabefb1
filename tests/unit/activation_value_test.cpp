#include <gtest/gtest.h>

#include <cmath>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

// Judges one call on `given` that gave `result`.
testing::Outcome judge(const Tensor& given, const Tensor& result,
                       const char* function = "activations.relu",
                       const Json& arguments = Json::object()) {
  testing::Outcome outcome;
  model::Run run([&](const std::string& digest) -> std::optional<Tensor> {
    return digest == "x" ? given : result;
  });
  const model::Event event{"activation_value",
                           0,
                           1,
                           {{"function", function},
                            {"x", {{"$tensor", "x"}}},
                            {"result", {{"$tensor", "y"}}},
                            {"arguments", arguments},
                            {"where", {{"file", "net.py"}, {"line", 8}}}}};
  for (auto& rule : checks::make_rules())
    if (rule->info().name == "activation-value") rule->on_event(event, run, outcome);
  return outcome;
}

Tensor tensor(DType type, std::vector<double> values) {
  const auto size = static_cast<std::int64_t>(values.size());
  return Tensor::from_doubles(type, {size}, values);
}

const std::vector<double> kNearOne{0.1, 1 + 0x1p-40};
const Json kCut = {{"alpha", 0.0}, {"max_value", nullptr}, {"threshold", 0.5}};

TEST(ActivationValue, AThresholdKeepsThePrecisionOfItsArgument) {
  const Tensor x = tensor(DType::kFloat64, kNearOne);
  const auto coarse = judge(x, tensor(DType::kFloat32, {0, 1}), "activations.relu", kCut);
  ASSERT_EQ(coarse.findings.size(), 1U);
  EXPECT_EQ(coarse.findings[0].scenario, "wrong-calculation");
  EXPECT_EQ(coarse.findings[0].impact, 3);
  EXPECT_EQ(coarse.findings[0].where["line"], 8);
  EXPECT_EQ(judge(x, tensor(DType::kFloat64, {0, 1 + 0x1p-40}), "activations.relu", kCut).agreed,
            1U);
  EXPECT_EQ(judge(x, tensor(DType::kFloat64, {0, 1}), "activations.relu", kCut).findings.size(),
            1U);
}

TEST(ActivationValue, ACoarserTypeIsAFindingWhateverTheNumbers) {
  const Tensor x = tensor(DType::kFloat32, {0.5, -1});
  EXPECT_EQ(judge(x, tensor(DType::kFloat16, {0.5, 0})).findings.size(), 1U);
  EXPECT_EQ(judge(tensor(DType::kFloat16, {0.5, -1}), tensor(DType::kFloat32, {0.5, 0})).agreed,
            1U);
}

TEST(ActivationValue, RoundingOfTheTypeIsNoFinding) {
  const Tensor x = tensor(DType::kFloat16, {0.3, -2});
  const auto claimed = [](double v) { return 1 / (1 + std::exp(-v)) * (1 + 0x1p-11); };
  const Tensor near = tensor(DType::kFloat16, {claimed(0.3), claimed(-2)});
  EXPECT_EQ(judge(x, near, "backend.sigmoid").agreed, 1U);
  const Tensor off = tensor(DType::kFloat16, {claimed(0.3), claimed(-2) + 0.02});
  EXPECT_EQ(judge(x, off, "backend.sigmoid").findings.size(), 1U);
}

TEST(ActivationValue, ASlopeMayBeTakenInSinglePrecision) {
  const Tensor x = tensor(DType::kFloat64, {-3});
  const Json slope = {{"alpha", 0.1}};
  for (const double held : {0.1, double(0.1F)})
    EXPECT_EQ(judge(x, tensor(DType::kFloat64, {-3 * held}), "backend.relu", slope).agreed, 1U);
  EXPECT_EQ(judge(x, tensor(DType::kFloat64, {-0.3001}), "backend.relu", slope).findings.size(),
            1U);
}

TEST(ActivationValue, WhatHasNoReferenceIsNotChecked) {
  const Tensor x = tensor(DType::kFloat32, {0.5});
  EXPECT_EQ(judge(x, x, "activations.gelu", {{"approximate", true}}).skipped, 1U);
  EXPECT_EQ(judge(x, x, "activations.unheard").skipped, 1U);
  EXPECT_EQ(judge(tensor(DType::kInt32, {1}), tensor(DType::kInt32, {1})).skipped, 1U);
}

}  // namespace
}  // namespace kerasan
