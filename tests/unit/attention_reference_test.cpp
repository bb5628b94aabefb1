// Values of attention layers worked out by hand: equal scores give means.
#include <gtest/gtest.h>

#include <cmath>

#include "layer_call.h"

namespace kerasan::reference {
namespace {

LayerCall equal_scores() {
  LayerCall call;
  call.config = {{"use_scale", false}};
  call.inputs = {values({1, 2, 1}, {0, 0}), values({1, 2, 1}, {4, 8})};
  return call;
}

TEST(AttentionReference, CausalSeesNoLaterStep) {
  LayerCall call = equal_scores();
  call.arguments = {{"use_causal_mask", true}, {"return_attention_scores", true}};
  const auto outputs = outputs_of(call, "Attention");
  ASSERT_EQ(outputs.size(), 2U);
  expect_values(outputs[0], {1, 2, 1}, {4, 6});
  expect_values(outputs[1], {1, 2, 2}, {1, 0, 0.5, 0.5});
}

TEST(AttentionReference, MasksOfQueryAndValue) {
  LayerCall call = equal_scores();
  call.masks = {values({1, 2}, {1, 0}), values({1, 2}, {0, 1})};
  expect_values(outputs_of(call, "Attention").at(0), {1, 2, 1}, {8, 0});
}

TEST(AttentionReference, AQueryThatSeesNothingIsFree) {
  LayerCall call = equal_scores();
  call.masks = {std::nullopt, values({1, 2}, {0, 0})};
  const Bounded y = outputs_of(call, "Attention").at(0);
  EXPECT_GE(y.bound[0], 6);
}

TEST(AttentionReference, AdditiveScoresAreSumsOfTanh) {
  LayerCall call = equal_scores();
  call.inputs.push_back(values({1, 2, 1}, {0, std::atanh(0.5)}));
  call.config["use_scale"] = true;
  call.weights = {values({1}, {2 * std::log(3.0)})};
  call.weight_names = {"scale"};  // scores 0 and log 3
  expect_values(outputs_of(call, "AdditiveAttention").at(0), {1, 2, 1}, {7, 7});
}

LayerCall two_heads(std::int64_t shared) {
  LayerCall call;
  call.config = {{"use_bias", false}};
  call.inputs = {values({1, 1, 1}, {0})};
  call.tensors["value"] = {values({1, 2, 1}, {4, 8})};
  call.weights = {values({1, 2, 1}, {1, 1}), values({1, shared, 1}, {1, 1}),
                  values({1, shared, 1}, {1, 2}), values({2, 1, 1}, {1, 1})};
  call.weight_names = {"kernel", "kernel", "kernel", "kernel"};
  for (Bounded& w : call.weights) w.value.resize(element_count(w.shape));
  return call;
}

TEST(AttentionReference, HeadsAreAddedByTheProjection) {
  LayerCall call = two_heads(2);
  call.arguments = {{"return_attention_scores", true}};
  const auto outputs = outputs_of(call, "MultiHeadAttention");
  ASSERT_EQ(outputs.size(), 2U);
  expect_values(outputs[0], {1, 1, 1}, {6 + 12});
  expect_values(outputs[1], {1, 2, 1, 2}, {0.5, 0.5, 0.5, 0.5});
}

TEST(AttentionReference, HeadsOfQueriesShareOneOfKeysAndValues) {
  expect_values(outputs_of(two_heads(1), "GroupedQueryAttention").at(0), {1, 1, 1}, {12});
}

TEST(AttentionReference, MasksThatTravelCountWhereTheLayerTakesThem) {
  LayerCall call = two_heads(2);
  call.tensor_masks.emplace("value", values({1, 2}, {1, 0}));
  EXPECT_TRUE(run(call, "MultiHeadAttention").not_checked);
  call.parameters = {"query", "value", "value_mask", "query_mask"};
  expect_values(outputs_of(call, "MultiHeadAttention").at(0), {1, 1, 1}, {12});
}

TEST(AttentionReference, EinsumWithBiasAlongAnInnerAxis) {
  LayerCall call;
  call.config = {{"equation", "abc,cd->adb"}, {"bias_axes", "d"}};
  call.inputs = {values({1, 2, 2}, {1, 2, 3, 4})};
  call.weights = {values({2, 2}, {1, 0, 1, 2}), values({2, 1}, {100, 200})};
  call.weight_names = {"kernel", "bias"};
  expect_values(outputs_of(call, "EinsumDense").at(0), {1, 2, 2}, {103, 107, 204, 208});
}

}  // namespace
}  // namespace kerasan::reference
