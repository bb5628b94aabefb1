// Values of attention layers worked out by hand: equal scores give means.
#include <gtest/gtest.h>

#include <cmath>

#include "reference/layer.h"

namespace kerasan::reference {
namespace {

Bounded values(Shape shape, std::vector<double> v) {
  Bounded b(std::move(shape));
  b.value = std::move(v);
  return b;
}

void expect_values(const Bounded& y, const Shape& shape, const std::vector<double>& v) {
  ASSERT_EQ(y.shape, shape);
  for (std::size_t i = 0; i < v.size(); ++i) {
    EXPECT_NEAR(y.value[i], v[i], 1e-12) << i;
    EXPECT_LT(y.bound[i], 1e-4) << i;
  }
}

LayerResult judge(LayerCall call, const char* name) {
  call.class_name = name;
  return find_layer(name)(call);
}

std::vector<Bounded> run(const LayerCall& call, const char* name) {
  const LayerResult result = judge(call, name);
  EXPECT_FALSE(result.not_checked) << result.not_checked->reason;
  return result.outputs;
}

LayerCall equal_scores() {
  LayerCall call;
  call.config = {{"use_scale", false}};
  call.inputs = {values({1, 2, 1}, {0, 0}), values({1, 2, 1}, {4, 8})};
  return call;
}

TEST(AttentionReference, CausalSeesNoLaterStep) {
  LayerCall call = equal_scores();
  call.arguments = {{"use_causal_mask", true}, {"return_attention_scores", true}};
  const auto outputs = run(call, "Attention");
  ASSERT_EQ(outputs.size(), 2U);
  expect_values(outputs[0], {1, 2, 1}, {4, 6});
  expect_values(outputs[1], {1, 2, 2}, {1, 0, 0.5, 0.5});
}

TEST(AttentionReference, MasksOfQueryAndValue) {
  LayerCall call = equal_scores();
  call.masks = {values({1, 2}, {1, 0}), values({1, 2}, {0, 1})};
  expect_values(run(call, "Attention").at(0), {1, 2, 1}, {8, 0});
}

TEST(AttentionReference, AQueryThatSeesNothingIsFree) {
  LayerCall call = equal_scores();
  call.masks = {std::nullopt, values({1, 2}, {0, 0})};
  const Bounded y = run(call, "Attention").at(0);
  EXPECT_GE(y.bound[0], 6);
}

TEST(AttentionReference, AdditiveScoresAreSumsOfTanh) {
  LayerCall call = equal_scores();
  call.inputs.push_back(values({1, 2, 1}, {0, std::atanh(0.5)}));
  call.config["use_scale"] = true;
  call.weights = {values({1}, {2 * std::log(3.0)})};
  call.weight_names = {"scale"};  // scores 0 and log 3
  expect_values(run(call, "AdditiveAttention").at(0), {1, 2, 1}, {7, 7});
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
  const auto outputs = run(call, "MultiHeadAttention");
  ASSERT_EQ(outputs.size(), 2U);
  expect_values(outputs[0], {1, 1, 1}, {6 + 12});
  expect_values(outputs[1], {1, 2, 1, 2}, {0.5, 0.5, 0.5, 0.5});
}

TEST(AttentionReference, HeadsOfQueriesShareOneOfKeysAndValues) {
  expect_values(run(two_heads(1), "GroupedQueryAttention").at(0), {1, 1, 1}, {12});
}

TEST(AttentionReference, MasksThatTravelCountWhereTheLayerTakesThem) {
  LayerCall call = two_heads(2);
  call.tensor_masks.emplace("value", values({1, 2}, {1, 0}));
  EXPECT_TRUE(judge(call, "MultiHeadAttention").not_checked);
  call.parameters = {"query", "value", "value_mask", "query_mask"};
  expect_values(run(call, "MultiHeadAttention").at(0), {1, 1, 1}, {12});
}

TEST(AttentionReference, EinsumWithBiasAlongAnInnerAxis) {
  LayerCall call;
  call.config = {{"equation", "abc,cd->adb"}, {"bias_axes", "d"}};
  call.inputs = {values({1, 2, 2}, {1, 2, 3, 4})};
  call.weights = {values({2, 2}, {1, 0, 1, 2}), values({2, 1}, {100, 200})};
  call.weight_names = {"kernel", "bias"};
  expect_values(run(call, "EinsumDense").at(0), {1, 2, 2}, {103, 107, 204, 208});
}

}  // namespace
}  // namespace kerasan::reference
