// Values of recurrent layers worked out by hand: with linear cells, h' = k x + r h.
#include <gtest/gtest.h>

#include "layer_call.h"

namespace kerasan::reference {
namespace {

using Json = nlohmann::json;

LayerCall one_two_three(double kernel, double recurrent) {
  LayerCall call;
  call.config = {{"activation", "linear"}, {"use_bias", false}};
  call.inputs = {values({1, 3, 1}, {1, 2, 3})};
  call.weights = {values({1, 1}, {kernel}), values({1, 1}, {recurrent})};
  call.weight_names = {"kernel", "recurrent_kernel"};
  return call;
}

Json inner(const char* name, Json config) {
  config["activation"] = "linear";
  config["use_bias"] = false;
  return {{"class_name", name}, {"config", config}};
}

TEST(RecurrentReference, StatesFollowTheOutput) {
  LayerCall call = one_two_three(1, 2);
  call.config["return_state"] = true;
  call.initial_states = {values({1, 1}, {1})};
  const auto outputs = outputs_of(call, "SimpleRNN");  // 3, 8, 19
  ASSERT_EQ(outputs.size(), 2U);
  for (const Bounded& y : outputs) expect_values(y, {1, 1}, {19});
}

TEST(RecurrentReference, TimeMajorHasTimeFirst) {
  LayerCall call = one_two_three(1, 2);
  call.config["return_sequences"] = call.config["time_major"] = true;
  call.inputs = {values({3, 1, 1}, {1, 2, 3})};
  expect_values(outputs_of(call, "SimpleRNN").at(0), {3, 1, 1}, {1, 4, 11});
}

TEST(RecurrentReference, CellGivesOutputAndStates) {
  LayerCall call = one_two_three(1, 2);
  call.inputs = {values({1, 1}, {5})};
  call.tensors["states"] = {values({1, 1}, {3})};
  const auto outputs = outputs_of(call, "SimpleRNNCell");
  ASSERT_EQ(outputs.size(), 2U);
  for (const Bounded& y : outputs) expect_values(y, {1, 1}, {11});
}

TEST(RecurrentReference, StackFeedsEachCellWithTheOneBefore) {
  LayerCall call = one_two_three(1, 1);  // 1, 3, 6
  call.config = {
      {"return_state", true},
      {"cell", inner("StackedRNNCells",
                     {{"cells", {inner("SimpleRNNCell", {}), inner("SimpleRNNCell", {})}}})}};
  call.weights.push_back(values({1, 1}, {2}));
  call.weights.push_back(values({1, 1}, {1}));
  call.weight_names = {"kernel", "recurrent_kernel", "kernel", "recurrent_kernel"};
  const auto outputs = outputs_of(call, "RNN");  // 2, 8, 20
  ASSERT_EQ(outputs.size(), 3U);
  expect_values(outputs[0], {1, 1}, {20});
  expect_values(outputs[1], {1, 1}, {6});
  expect_values(outputs[2], {1, 1}, {20});
}

LayerCall both_ways(const Json& mode) {
  LayerCall call = one_two_three(1, 2);
  call.config = {{"layer", inner("SimpleRNN", {{"return_sequences", true}})}, {"merge_mode", mode}};
  call.weights.push_back(values({1, 1}, {10}));
  call.weights.push_back(values({1, 1}, {0}));
  call.weight_names = {"kernel", "recurrent_kernel", "kernel", "recurrent_kernel"};
  return call;
}

TEST(RecurrentReference, BothDirectionsUnmergedAreInTheOrderOfTime) {
  const auto outputs = outputs_of(both_ways(nullptr), "Bidirectional");
  ASSERT_EQ(outputs.size(), 2U);
  expect_values(outputs[0], {1, 3, 1}, {1, 4, 11});
  expect_values(outputs[1], {1, 3, 1}, {10, 20, 30});
}

TEST(RecurrentReference, PathsTellTheDirectionsApart) {
  LayerCall call = both_ways("concat");
  call.weight_paths = {"b/backward_r/c/kernel", "b/backward_r/c/recurrent_kernel",
                       "b/forward_r/c/kernel", "b/forward_r/c/recurrent_kernel"};
  // Forward 10 x; backward 3, 8, 17 from the end.
  expect_values(outputs_of(call, "Bidirectional").at(0), {1, 3, 2}, {10, 17, 20, 8, 30, 3});
}

TEST(RecurrentReference, OneStepOfConvolutionalLstm) {
  LayerCall call;
  call.config = {{"kernel_size", {1}},
                 {"padding", "valid"},
                 {"activation", "linear"},
                 {"use_bias", false},
                 {"recurrent_activation", "linear"}};
  call.inputs = {values({1, 1, 2, 1}, {1, 2})};
  call.weights = {values({1, 1, 4}, {2, 5, 3, 1}), values({1, 1, 4}, {0, 0, 0, 0})};
  call.weight_names = {"kernel", "recurrent_kernel"};
  // c = i g = 6 x^2, h = o c = 6 x^3
  expect_values(outputs_of(call, "ConvLSTM1D").at(0), {1, 2, 1}, {6, 48});
}

// Zero or the initial state: the documentation tells neither.
TEST(RecurrentReference, AMaskedStepBeforeAnyOther) {
  LayerCall call = one_two_three(1, 2);
  call.config["return_sequences"] = true;
  call.masks = {values({1, 3}, {0, 1, 1})};
  expect_values(outputs_of(call, "SimpleRNN").at(0), {1, 3, 1}, {0, 2, 7});
  call.initial_states = {values({1, 1}, {4})};
  const Bounded y = outputs_of(call, "SimpleRNN").at(0);  // 0 or 4, 10, 23
  EXPECT_EQ(y.value[0], 2);
  EXPECT_EQ(y.bound[0], 2);
  EXPECT_EQ(y.value[2], 23);
  EXPECT_LT(y.bound[2], 1e-4);
  call.config["zero_output_for_mask"] = true;
  EXPECT_EQ(outputs_of(call, "SimpleRNN").at(0).bound[0], 0);
}

TEST(RecurrentReference, WhatCannotBeKnownIsNotChecked) {
  LayerCall call = one_two_three(1, 2);
  call.class_name = "SimpleRNN";
  call.config["stateful"] = true;
  EXPECT_TRUE(find_layer("SimpleRNN")(call).not_checked);
  call.config["stateful"] = false;
  call.config["dropout"] = 0.5;
  EXPECT_FALSE(find_layer("SimpleRNN")(call).not_checked);
  call.training = true;
  EXPECT_TRUE(find_layer("SimpleRNN")(call).not_checked);
}

}  // namespace
}  // namespace kerasan::reference
