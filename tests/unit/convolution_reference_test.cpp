// Convolutions and pooling over three axes, dilation, output_padding: values worked out by hand.
#include "layer_call.h"

namespace kerasan::reference {
namespace {

TEST(ConvolutionReference, ThreeAxesSumTheWholeCube) {
  LayerCall call;
  call.config = {{"kernel_size", {2, 2, 2}}, {"padding", "valid"}, {"use_bias", false}};
  call.inputs = {values({1, 2, 2, 2, 1}, {1, 2, 3, 4, 5, 6, 7, 8})};
  call.weights = {values({2, 2, 2, 1, 1}, {1, 0, 0, 0, 0, 0, 2, 3})};
  call.weight_names = {"kernel"};
  expect_values(run(call, "Conv3D"), {1, 1, 1, 1, 1}, {1 + 14 + 24});
}

TEST(ConvolutionReference, DepthwiseKeepsChannelsApart) {
  LayerCall call;
  call.config = {{"kernel_size", {2}}, {"padding", "valid"}, {"use_bias", false}};
  call.inputs = {values({1, 2, 2}, {1, 2, 3, 4})};
  call.weights = {values({2, 2, 1}, {1, 2, 3, 4})};
  call.weight_names = {"depthwise_kernel"};
  expect_values(run(call, "DepthwiseConv1D"), {1, 1, 2}, {1 + 9, 4 + 16});
}

TEST(ConvolutionReference, OutputPaddingLengthensTheTransposed) {
  LayerCall call;
  call.config = {{"kernel_size", {2}},
                 {"strides", {2}},
                 {"padding", "valid"},
                 {"output_padding", {1}},
                 {"use_bias", false}};
  call.inputs = {values({1, 2, 1}, {1, 10})};
  call.weights = {values({2, 1, 1}, {1, 2})};
  call.weight_names = {"kernel"};
  expect_values(run(call, "Conv1DTranspose"), {1, 5, 1}, {1, 2, 10, 20, 0});
}

TEST(ConvolutionReference, DilationSpreadsTheTransposedKernel) {
  LayerCall call;
  call.config = {
      {"kernel_size", {2}}, {"padding", "valid"}, {"dilation_rate", {2}}, {"use_bias", false}};
  call.inputs = {values({1, 2, 1}, {1, 10})};
  call.weights = {values({2, 1, 1}, {1, 2})};
  call.weight_names = {"kernel"};
  expect_values(run(call, "Conv1DTranspose"), {1, 4, 1}, {1, 10, 2, 20});
}

TEST(ConvolutionReference, ChannelsFirstOverThreeAxes) {
  LayerCall call;
  call.config = {{"pool_size", {1, 1, 2}}, {"data_format", "channels_first"}};
  call.inputs = {values({1, 2, 1, 1, 2}, {1, 2, 30, 10})};
  expect_values(run(call, "MaxPooling3D"), {1, 2, 1, 1, 1}, {2, 30});
  expect_values(run(call, "AveragePooling3D"), {1, 2, 1, 1, 1}, {1.5, 20});
  expect_values(run(call, "GlobalAveragePooling3D"), {1, 2}, {1.5, 20});
}

}  // namespace
}  // namespace kerasan::reference
