// Values computed by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "layer_call.h"

namespace kerasan::reference {
namespace {

TEST(LayerReference, DenseAddsBiasAndActivates) {
  LayerCall call;
  call.config = {{"activation", "relu"}, {"use_bias", true}};
  call.inputs = {values({1, 2}, {1, 2})};
  call.weights = {values({2, 2}, {1, -1, 3, -4}), values({2}, {0.5, 1})};
  call.weight_names = {"kernel", "bias"};
  expect_values(run(call, "Dense"), {1, 2}, {7.5, 0});
}

TEST(LayerReference, DenseBoundCoversFloat32Summation) {
  LayerCall call;
  call.inputs = {values({1, 2}, {1, 1e4})};
  call.weights = {values({2, 1}, {1, 1})};
  call.weight_names = {"kernel"};
  call.config = {{"use_bias", false}};
  const auto result = run(call, "Dense");
  EXPECT_GE(result.outputs.at(0).bound[0], 10001 * 0x1p-24);
}

TEST(LayerReference, MissingWeightIsNotChecked) {
  LayerCall call;
  call.inputs = {values({1, 2}, {1, 2})};
  EXPECT_TRUE(run(call, "Dense").not_checked);
  EXPECT_TRUE(run(call, "LSTM").not_checked);
  EXPECT_TRUE(run(call, "Conv2D").not_checked);
}

TEST(LayerReference, UnknownActivationIsNamed) {
  LayerCall call;
  call.config = {{"activation", "mine"}};
  call.inputs = {values({1}, {1})};
  const auto result = run(call, "Activation");
  ASSERT_TRUE(result.not_checked);
  EXPECT_NE(result.not_checked->reason.find("mine"), std::string::npos);
}

TEST(LayerReference, SamePaddingPutsTheOddElementAfter) {
  LayerCall call;
  call.config = {{"kernel_size", {2}}, {"padding", "same"}, {"use_bias", false}};
  call.inputs = {values({1, 3, 1}, {1, 2, 3})};
  call.weights = {values({2, 1, 1}, {1, 10})};
  call.weight_names = {"kernel"};
  expect_values(run(call, "Conv1D"), {1, 3, 1}, {21, 32, 3});
}

TEST(LayerReference, TransposedConvolutionSpreadsTheKernel) {
  LayerCall call;
  call.config = {{"kernel_size", {3}}, {"strides", {2}}, {"padding", "valid"}, {"use_bias", false}};
  call.inputs = {values({1, 2, 1}, {1, 10})};
  call.weights = {values({3, 1, 1}, {1, 2, 3})};
  call.weight_names = {"kernel"};
  expect_values(run(call, "Conv1DTranspose"), {1, 5, 1}, {1, 2, 3 + 10, 20, 30});
  call.config["padding"] = "same";
  expect_values(run(call, "Conv1DTranspose"), {1, 4, 1}, {1, 2, 3 + 10, 20});
}

TEST(LayerReference, SeparableConvolutionIsDepthwiseThenPointwise) {
  LayerCall call;
  call.config = {{"kernel_size", {2}}, {"padding", "valid"}, {"use_bias", false}};
  call.inputs = {values({1, 2, 2}, {1, 2, 3, 4})};
  call.weights = {values({2, 2, 1}, {1, 2, 3, 4}), values({1, 2, 1}, {1, -1})};
  call.weight_names = {"depthwise_kernel", "pointwise_kernel"};
  expect_values(run(call, "SeparableConv1D"), {1, 1, 1}, {(1 + 9) - (4 + 16)});
}

TEST(LayerReference, AveragePoolingDoesNotCountPadding) {
  LayerCall call;
  call.config = {{"pool_size", {2}}, {"strides", {2}}, {"padding", "same"}};
  call.inputs = {values({1, 3, 1}, {1, 2, 3})};
  expect_values(run(call, "AveragePooling1D"), {1, 2, 1}, {1.5, 3});
}

TEST(LayerReference, MaskedStepRepeatsTheOutput) {
  LayerCall call;
  call.config = {{"activation", "linear"}, {"use_bias", false}, {"return_sequences", true}};
  call.inputs = {values({1, 3, 1}, {1, 2, 3})};
  call.masks = {values({1, 3}, {1, 0, 1})};
  call.weights = {values({1, 1}, {1}), values({1, 1}, {2})};
  call.weight_names = {"kernel", "recurrent_kernel"};
  expect_values(run(call, "SimpleRNN"), {1, 3, 1}, {1, 1, 5});
}

TEST(LayerReference, BothDirectionsGiveZeroAtMaskedSteps) {
  LayerCall call;
  const nlohmann::json inner{
      {"activation", "linear"}, {"use_bias", false}, {"return_sequences", true}};
  call.config = {{"layer", {{"class_name", "SimpleRNN"}, {"config", inner}}},
                 {"merge_mode", "sum"}};
  call.inputs = {values({1, 3, 1}, {1, 2, 3})};
  call.masks = {values({1, 3}, {1, 0, 1})};
  call.weights = {values({1, 1}, {1}), values({1, 1}, {2}), values({1, 1}, {1}),
                  values({1, 1}, {2})};
  call.weight_names = {"kernel", "recurrent_kernel", "kernel", "recurrent_kernel"};
  expect_values(run(call, "Bidirectional"), {1, 3, 1}, {1 + 7, 0, 5 + 3});
}

TEST(LayerReference, BatchStatisticsInTraining) {
  LayerCall call;
  call.config = {{"epsilon", 1.0}, {"scale", false}, {"center", false}};
  call.training = true;
  call.inputs = {values({2, 1}, {1, 3})};
  expect_values(run(call, "BatchNormalization"), {2, 1}, {-std::sqrt(0.5), std::sqrt(0.5)});
}

TEST(LayerReference, SoftmaxSumsToOne) {
  LayerCall call;
  call.inputs = {values({1, 2}, {0, std::log(3.0)})};
  expect_values(run(call, "Softmax"), {1, 2}, {0.25, 0.75});
}

}  // namespace
}  // namespace kerasan::reference
