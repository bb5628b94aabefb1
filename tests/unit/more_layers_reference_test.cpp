// Normalisation, merging, reshaping and preprocessing: values worked out by hand.
#include <cmath>

#include "layer_call.h"

namespace kerasan::reference {
namespace {

LayerCall on(Shape shape, std::vector<double> x, nlohmann::json config = nlohmann::json::object()) {
  LayerCall call;
  call.inputs = {values(std::move(shape), std::move(x))};
  call.config = std::move(config);
  return call;
}

TEST(MoreLayers, RootMeanSquare) {
  LayerCall call = on({1, 2}, {3, 4}, {{"epsilon", 0.0}});
  call.weights = {values({2}, {1, 2})};
  call.weight_names = {"scale"};
  expect_values(run(call, "RMSNormalization"), {1, 2}, {3 / std::sqrt(12.5), 8 / std::sqrt(12.5)});
}

TEST(MoreLayers, GroupsHaveTheirOwnMoments) {
  const auto call = on({1, 4}, {0, 2, 10, 20},
                       {{"groups", 2}, {"epsilon", 0.0}, {"scale", false}, {"center", false}});
  expect_values(run(call, "GroupNormalization"), {1, 4}, {-1, 1, -1, 1});
}

TEST(MoreLayers, UnitLength) {
  expect_values(run(on({2, 2}, {3, 4, 0, 0}), "UnitNormalization"), {2, 2}, {0.6, 0.8, 0, 0});
}

TEST(MoreLayers, MaskedPositionsLeaveTheStatistics) {
  auto call = on({1, 3, 1}, {1, 3, 100}, {{"epsilon", 1.0}, {"scale", false}, {"center", false}});
  call.training = true;
  call.masks = {values({1, 3}, {1, 1, 0})};
  const auto result = run(call, "BatchNormalization");
  ASSERT_FALSE(result.not_checked);
  EXPECT_NEAR(result.outputs[0].value[0], -std::sqrt(0.5), 1e-12);
  EXPECT_NEAR(result.outputs[0].value[2], 98 * std::sqrt(0.5), 1e-9);
}

TEST(MoreLayers, DotContractsTheAxes) {
  auto call = on({1, 2}, {3, 4}, {{"axes", 1}, {"normalize", false}});
  call.inputs.push_back(values({1, 2}, {1, 2}));
  expect_values(run(call, "Dot"), {1, 1}, {11});
  call.config["normalize"] = true;
  expect_values(run(call, "Dot"), {1, 1}, {11 / (5 * std::sqrt(5.0))});
}

TEST(MoreLayers, RanksBroadcastAfterTheBatchAxis) {
  auto call = on({2, 2, 1}, {1, 2, 3, 4});
  call.inputs.push_back(values({2, 1}, {10, 20}));
  expect_values(run(call, "Add"), {2, 2, 1}, {11, 12, 23, 24});
}

TEST(MoreLayers, LinearInterpolationBetweenHalfPixelCentres) {
  expect_values(run(on({1, 1, 2, 1}, {0, 4}, {{"size", {1, 2}}, {"interpolation", "bilinear"}}),
                    "UpSampling2D"),
                {1, 1, 4, 1}, {0, 1, 3, 4});
}

TEST(MoreLayers, PaddingOnThreeAxes) {
  expect_values(
      run(on({1, 1, 1, 1, 1}, {7}, {{"padding", {{1, 0}, {0, 0}, {0, 1}}}}), "ZeroPadding3D"),
      {1, 2, 1, 2, 1}, {0, 0, 7, 0});
}

TEST(MoreLayers, BinsBeginAtTheirBoundary) {
  expect_values(run(on({1, 3}, {-1, 0, 5}, {{"bin_boundaries", {0.0, 1.0}}}), "Discretization"),
                {1, 3}, {0, 1, 2});
}

TEST(MoreLayers, UnknownIntegersAreSpreadByTheirRemainder) {
  const auto call =
      on({1, 4}, {7, 0, 9, 4}, {{"vocabulary", {4, 7}}, {"num_oov_indices", 2}, {"mask_token", 0}});
  expect_values(run(call, "IntegerLookup"), {1, 4}, {4, 0, 2, 3});
}

TEST(MoreLayers, CountsAddUp) {
  expect_values(
      run(on({1, 3}, {1, 1, 0}, {{"num_tokens", 3}, {"output_mode", "count"}}), "CategoryEncoding"),
      {1, 3}, {1, 2, 0});
}

TEST(MoreLayers, LowRankAdditionsAreNamed) {
  auto call = on({1, 1}, {1}, {{"lora_rank", 4}});
  call.weights = {values({1, 1}, {1})};
  call.weight_names = {"kernel"};
  const auto result = run(call, "Dense");
  ASSERT_TRUE(result.not_checked);
  EXPECT_NE(result.not_checked->reason.find("lora_rank"), std::string::npos);
}

TEST(MoreLayers, TrainedKernelIsDividedByItsNorm) {
  auto call = on({1, 1}, {1},
                 {{"power_iterations", 1},
                  {"layer", {{"class_name", "Dense"}, {"config", {{"use_bias", false}}}}}});
  call.weights = {values({1, 1}, {4}), values({1, 1}, {1})};
  call.weight_names = {"kernel", "vector_u"};
  expect_values(run(call, "SpectralNormalization"), {1, 1}, {4});
  call.training = true;
  expect_values(run(call, "SpectralNormalization"), {1, 1}, {1});
}

}  // namespace
}  // namespace kerasan::reference
