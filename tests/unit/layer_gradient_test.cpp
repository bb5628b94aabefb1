// The derivative of each layer against differences of its own values, in float64.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "reference/gradient.h"
#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

struct Made {
  std::string name;
  nlohmann::json config;
  std::vector<Shape> inputs;
  std::vector<std::pair<std::string, Shape>> weights = {};
  bool training = false;
};

class Draw {
 public:
  Bounded normal(const Shape& shape, bool positive = false) {
    Bounded out(shape);
    for (double& v : out.value) v = positive ? 0.5 + std::fabs(draw_(source_)) : draw_(source_);
    return out;
  }

 private:
  std::mt19937 source_{7};
  std::normal_distribution<double> draw_{0, 1};
};

LayerCall call_of(const Made& made, Draw& draw) {
  LayerCall call;
  call.class_name = made.name;
  call.config = made.config;
  call.training = made.training;
  call.compute_dtype = DType::kFloat64;
  for (const auto& shape : made.inputs) {
    call.inputs.push_back(draw.normal(shape));
    call.masks.push_back(std::nullopt);
  }
  for (const auto& [name, shape] : made.weights) {
    call.weights.push_back(draw.normal(shape, name == "gamma" || name == "moving_variance"));
    call.weight_names.push_back(name);
  }
  return call;
}

double total(const LayerCall& call, const std::vector<Bounded>& seeds) {
  const LayerResult result = find_layer(call.class_name)(call);
  if (result.not_checked) throw Unsupported(result.not_checked->reason);
  double sum = 0;
  for (std::size_t o = 0; o < seeds.size(); ++o)
    for (std::size_t i = 0; i < seeds[o].size(); ++i)
      sum += seeds[o].value[i] * result.outputs[o].value[i];
  return sum;
}

// Central differences of step h: accurate to about h^2, far from kinks.
void expect_slopes(LayerCall& call, Bounded& x, const std::vector<Bounded>& seeds,
                   const Bounded& claimed, const std::string& what) {
  constexpr double kStep = 1e-5;
  ASSERT_EQ(claimed.size(), x.size()) << what;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double held = x.value[i];
    x.value[i] = held + kStep;
    const double up = total(call, seeds);
    x.value[i] = held - kStep;
    const double down = total(call, seeds);
    x.value[i] = held;
    const double slope = (up - down) / (2 * kStep);
    EXPECT_NEAR(claimed.value[i], slope, 1e-6 * (1 + std::fabs(slope))) << what << " at " << i;
    EXPECT_LT(claimed.bound[i], 1e-9 * (1 + std::fabs(slope))) << what << " at " << i;
  }
}

class Exact : public Roundings {
 public:
  Rounding kind() const override { return Rounding::kNone; }
  void settle(Bounded& outcome) override {
    std::fill(outcome.bound.begin(), outcome.bound.end(), 0.0);
  }
};

void expect_same(const Bounded& a, const Bounded& b, const std::string& what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (std::size_t i = 0; i < a.size(); ++i)
    EXPECT_NEAR(a.value[i], b.value[i], 1e-12 * (1 + std::fabs(b.value[i]))) << what << " at " << i;
}

void expect_same(const LayerGradient& a, const LayerGradient& b, const std::string& what) {
  ASSERT_FALSE(a.not_checked) << what << a.not_checked->reason;
  ASSERT_EQ(a.inputs.size(), b.inputs.size()) << what;
  for (std::size_t k = 0; k < b.inputs.size(); ++k) expect_same(a.inputs[k], b.inputs[k], what);
  for (std::size_t k = 0; k < b.weights.size(); ++k) {
    ASSERT_EQ(a.weights.at(k).has_value(), b.weights[k].has_value()) << what;
    if (b.weights[k]) expect_same(*a.weights[k], *b.weights[k], what);
  }
}

// With what the forward pass kept, and by the arithmetic that has no bounds.
void expect_same_otherwise(const LayerCall& call, const LayerResult& result,
                           const std::vector<Bounded>& seeds, const LayerGradient& gradient) {
  const auto derive = find_layer_gradient(call.class_name);
  LayerCall known = call;
  known.kept = result.kept;
  if (result.outputs.size() == 1) known.output = result.outputs.data();
  expect_same(derive(known, seeds), gradient, call.class_name + " of what was kept");
  Exact exact;
  LayerCall plain = call;
  plain.roundings = &exact;
  const LayerResult again = find_layer(call.class_name)(plain);
  ASSERT_EQ(again.outputs.size(), result.outputs.size());
  for (std::size_t o = 0; o < seeds.size(); ++o)
    expect_same(again.outputs[o], result.outputs[o], call.class_name + " exactly");
  expect_same(derive(plain, seeds), gradient, call.class_name + " backwards exactly");
}

void check(LayerCall call, Draw& draw) {
  const std::string& name = call.class_name;
  const LayerResult result = find_layer(name)(call);
  ASSERT_FALSE(result.not_checked) << result.not_checked->reason;
  std::vector<Bounded> seeds;
  for (const auto& y : result.outputs) seeds.push_back(draw.normal(y.shape));
  const auto function = find_layer_gradient(name);
  ASSERT_NE(function, nullptr) << name;
  const LayerGradient gradient = function(call, seeds);
  ASSERT_FALSE(gradient.not_checked) << gradient.not_checked->reason;
  expect_same_otherwise(call, result, seeds, gradient);
  for (std::size_t k = 0; k < call.inputs.size(); ++k)
    if (gradient.inputs[k].size() > 0)
      expect_slopes(call, call.inputs[k], seeds, gradient.inputs[k], name + " input");
  for (std::size_t k = 0; k < call.weights.size(); ++k)
    if (gradient.weights[k])
      expect_slopes(call, call.weights[k], seeds, *gradient.weights[k],
                    name + " " + call.weight_names[k]);
  for (auto& [argument, arrays] : call.tensors)
    for (std::size_t k = 0; k < arrays.size(); ++k)
      expect_slopes(call, arrays[k], seeds, gradient.tensors.at(argument).at(k),
                    name + " " + argument);
}

void check(const Made& made) {
  Draw draw;
  check(call_of(made, draw), draw);
}

TEST(LayerGradient, Dense) {
  for (const char* activation :
       {"linear", "relu", "sigmoid", "tanh", "softplus", "softsign", "elu", "selu", "gelu", "swish",
        "softmax", "log_softmax", "exponential", "leaky_relu", "mish", "hard_silu", "relu6"})
    check({"Dense", {{"activation", activation}}, {{3, 4}}, {{"kernel", {4, 5}}, {"bias", {5}}}});
  check({"Dense", {{"use_bias", false}}, {{2, 3, 4}}, {{"kernel", {4, 2}}}});
}

TEST(LayerGradient, Activations) {
  check({"Activation", {{"activation", "tanh"}}, {{3, 4}}});
  check({"ReLU", {{"negative_slope", 0.2}, {"max_value", 0.9}}, {{3, 4}}});
  check({"LeakyReLU", {{"negative_slope", 0.1}}, {{3, 4}}});
  check({"ELU", {{"alpha", 0.7}}, {{3, 4}}});
  check({"Softmax", {{"axis", 1}}, {{3, 4, 2}}});
  check({"Softmax", {{"axis", {0, 2}}}, {{3, 4, 2}}});
  for (const char* name :
       {"celu", "soft_shrink", "hard_shrink", "hard_tanh", "tanh_shrink", "log_sigmoid",
        "sparse_plus", "sparse_sigmoid", "squareplus", "sparsemax", "glu"})
    check({"Activation", {{"activation", name}}, {{5, 6}}});
  check({"PReLU", {{"shared_axes", nullptr}}, {{5, 4}}, {{"alpha", {4}}}});
}

TEST(LayerGradient, MovedElements) {
  check({"Flatten", nlohmann::json::object(), {{2, 3, 2}}});
  check({"Permute", {{"dims", {2, 1}}}, {{2, 3, 2}}});
  check({"RepeatVector", {{"n", 3}}, {{2, 3}}});
  check({"ZeroPadding2D", {{"padding", 1}}, {{2, 2, 3, 2}}});
  check({"Cropping1D", {{"cropping", {1, 1}}}, {{2, 4, 2}}});
  check({"UpSampling2D", {{"size", {2, 3}}}, {{2, 2, 2, 1}}});
}

TEST(LayerGradient, Convolutions) {
  check(
      {"Conv2D",
       {{"kernel_size", {2, 3}}, {"strides", {1, 2}}, {"padding", "same"}, {"activation", "tanh"}},
       {{2, 4, 5, 2}},
       {{"kernel", {2, 3, 2, 3}}, {"bias", {3}}}});
  check({"Conv2D",
         {{"kernel_size", 2}, {"groups", 2}, {"dilation_rate", 2}},
         {{1, 4, 5, 4}},
         {{"kernel", {2, 2, 2, 6}}, {"bias", {6}}}});
  check({"Conv1D",
         {{"kernel_size", 3}, {"padding", "causal"}, {"use_bias", false}},
         {{2, 5, 2}},
         {{"kernel", {3, 2, 3}}}});
  check({"DepthwiseConv2D",
         {{"kernel_size", 2}},
         {{2, 3, 3, 2}},
         {{"depthwise_kernel", {2, 2, 2, 3}}, {"bias", {6}}}});
  check({"SeparableConv2D",
         {{"kernel_size", 2}},
         {{2, 3, 3, 2}},
         {{"depthwise_kernel", {2, 2, 2, 2}}, {"pointwise_kernel", {1, 1, 4, 3}}, {"bias", {3}}}});
}

TEST(LayerGradient, Pooling) {
  for (const char* name : {"MaxPooling2D", "AveragePooling2D"}) {
    check({name, {{"pool_size", 2}}, {{2, 4, 5, 2}}});
    check({name, {{"pool_size", 3}, {"strides", 2}, {"padding", "same"}}, {{2, 4, 5, 2}}});
  }
  check({"MaxPooling1D", {{"pool_size", 2}, {"strides", 1}}, {{2, 5, 2}}});
  check({"GlobalAveragePooling2D", {{"keepdims", true}}, {{2, 3, 2, 2}}});
  check({"GlobalMaxPooling1D", nlohmann::json::object(), {{2, 4, 3}}});
}

TEST(LayerGradient, Normalization) {
  const std::vector<std::pair<std::string, Shape>> weights{
      {"gamma", {3}}, {"beta", {3}}, {"moving_mean", {3}}, {"moving_variance", {3}}};
  check({"BatchNormalization", {{"axis", -1}}, {{4, 2, 3}}, weights, true});
  check({"BatchNormalization", {{"axis", 1}}, {{4, 3, 2}}, weights, true});
  check({"BatchNormalization", {{"axis", -1}}, {{4, 2, 3}}, weights});
  // More rows than are taken at once, the last ones fewer.
  check({"BatchNormalization", {{"axis", -1}}, {{40, 5, 3}}, weights, true});
  check({"BatchNormalization",
         {{"axis", -1}, {"scale", false}},
         {{40, 5, 3}},
         {weights.begin() + 1, weights.end()},
         true});
  check({"LayerNormalization", {{"axis", -1}}, {{4, 2, 3}}, {{"gamma", {3}}, {"beta", {3}}}});
  check({"LayerNormalization",
         {{"axis", {1, 2}}, {"scale", false}},
         {{4, 2, 3}},
         {{"beta", {2, 3}}}});
}

TEST(LayerGradient, Recurrent) {
  const std::vector<std::pair<std::string, Shape>> simple{
      {"kernel", {2, 3}}, {"recurrent_kernel", {3, 3}}, {"bias", {3}}};
  check({"SimpleRNN", {{"return_sequences", true}}, {{2, 4, 2}}, simple});
  const std::vector<std::pair<std::string, Shape>> lstm{
      {"kernel", {2, 12}}, {"recurrent_kernel", {3, 12}}, {"bias", {12}}};
  check({"LSTM", nlohmann::json::object(), {{2, 4, 2}}, lstm});
  check({"LSTM", {{"return_sequences", true}, {"go_backwards", true}}, {{2, 3, 2}}, lstm});
  check({"GRU",
         {{"reset_after", true}, {"return_sequences", true}},
         {{2, 3, 2}},
         {{"kernel", {2, 9}}, {"recurrent_kernel", {3, 9}}, {"bias", {2, 9}}}});
  check({"GRU",
         {{"reset_after", false}},
         {{2, 3, 2}},
         {{"kernel", {2, 9}}, {"recurrent_kernel", {3, 9}}, {"bias", {9}}}});
}

TEST(LayerGradient, RecurrentOverAnyCell) {
  const nlohmann::json lstm{{"class_name", "LSTMCell"}, {"config", {{"units", 3}}}},
      gru{{"class_name", "GRUCell"}, {"config", {{"units", 2}, {"reset_after", true}}}},
      simple{{"class_name", "SimpleRNNCell"}, {"config", {{"units", 2}, {"use_bias", false}}}};
  check({"RNN",
         {{"cell", lstm}, {"return_sequences", true}, {"return_state", true}},
         {{2, 3, 2}, {2, 3}, {2, 3}},
         {{"kernel", {2, 12}}, {"recurrent_kernel", {3, 12}}, {"bias", {12}}}});
  const nlohmann::json stack{{"class_name", "StackedRNNCells"},
                             {"config", {{"cells", {gru, lstm, simple}}}}};
  const std::vector<std::pair<std::string, Shape>> weights{
      {"kernel", {2, 6}},  {"recurrent_kernel", {2, 6}},  {"bias", {2, 6}},
      {"kernel", {2, 12}}, {"recurrent_kernel", {3, 12}}, {"bias", {12}},
      {"kernel", {3, 2}},  {"recurrent_kernel", {2, 2}}};
  check({"RNN", {{"cell", stack}, {"return_sequences", true}}, {{2, 3, 2}}, weights});
  check({"RNN", {{"cell", stack}, {"go_backwards", true}}, {{2, 3, 2}}, weights});
  check({"StackedRNNCells",
         {{"cells", {gru, lstm, simple}}},
         {{2, 2}, {2, 2}, {2, 3}, {2, 3}, {2, 2}},
         weights});
  check({"GRUCell",
         {{"reset_after", false}},
         {{2, 2}, {2, 3}},
         {{"kernel", {2, 9}}, {"recurrent_kernel", {3, 9}}, {"bias", {9}}}});
}

TEST(LayerGradient, RecurrentConvolutions) {
  check({"ConvLSTM1D",
         {{"kernel_size", 2}, {"recurrent_activation", "sigmoid"}, {"return_sequences", true}},
         {{2, 3, 4, 2}},
         {{"kernel", {2, 2, 4}}, {"recurrent_kernel", {2, 1, 4}}, {"bias", {4}}}});
  check({"ConvLSTM2D",
         {{"kernel_size", {2, 1}}, {"padding", "same"}, {"recurrent_activation", "sigmoid"}},
         {{1, 2, 3, 2, 2}},
         {{"kernel", {2, 1, 2, 8}}, {"recurrent_kernel", {2, 1, 2, 8}}, {"bias", {8}}}});
  check({"ConvLSTM3D",
         {{"kernel_size", 2}, {"use_bias", false}, {"recurrent_activation", "sigmoid"}},
         {{1, 2, 3, 2, 2, 1}},
         {{"kernel", {2, 2, 2, 1, 4}}, {"recurrent_kernel", {2, 2, 2, 1, 4}}}});
}

TEST(LayerGradient, LocallyConnected) {
  check({"LocallyConnected1D",
         {{"kernel_size", {2}}, {"activation", "tanh"}, {"strides", {1}}},
         {{2, 4, 2}},
         {{"kernel", {3, 4, 2}}, {"bias", {3, 2}}}});
  check({"LocallyConnected2D",
         {{"kernel_size", {2, 1}}, {"implementation", 2}, {"use_bias", false}},
         {{2, 3, 2, 2}},
         {{"kernel", {3, 2, 2, 2, 2, 2}}}});
}

TEST(LayerGradient, Merging) {
  for (const char* name : {"Add", "Multiply", "Average", "Maximum", "Minimum"})
    check({name, nlohmann::json::object(), {{2, 3, 4}, {2, 1, 4}, {2, 3, 4}}});
  check({"Subtract", nlohmann::json::object(), {{2, 3}, {2, 3}}});
  check({"Concatenate", {{"axis", 1}}, {{2, 3, 2}, {2, 1, 2}}});
}

TEST(LayerGradient, VolumesAndTransposes) {
  check({"Conv3D",
         {{"kernel_size", 2}, {"activation", "tanh"}},
         {{1, 3, 3, 2, 2}},
         {{"kernel", {2, 2, 2, 2, 2}}, {"bias", {2}}}});
  check({"DepthwiseConv1D",
         {{"kernel_size", 2}, {"strides", 2}},
         {{2, 5, 2}},
         {{"depthwise_kernel", {2, 2, 2}}, {"bias", {4}}}});
  check({"Conv1DTranspose",
         {{"kernel_size", 3}, {"strides", 2}, {"padding", "same"}},
         {{2, 4, 2}},
         {{"kernel", {3, 3, 2}}, {"bias", {3}}}});
  check({"Conv2DTranspose",
         {{"kernel_size", {2, 3}}, {"strides", {2, 1}}, {"activation", "tanh"}},
         {{1, 3, 4, 2}},
         {{"kernel", {2, 3, 3, 2}}, {"bias", {3}}}});
  check({"Conv3DTranspose",
         {{"kernel_size", 2}, {"use_bias", false}},
         {{1, 2, 2, 2, 2}},
         {{"kernel", {2, 2, 2, 1, 2}}}});
  for (const char* name : {"MaxPooling3D", "AveragePooling3D"})
    check({name, {{"pool_size", 2}, {"padding", "same"}}, {{1, 3, 2, 4, 2}}});
  check({"GlobalAveragePooling3D", nlohmann::json::object(), {{2, 2, 2, 2, 2}}});
  check({"GlobalMaxPooling3D", nlohmann::json::object(), {{2, 2, 2, 2, 2}}});
  for (const char* name : {"AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D"})
    check({name, {{"output_size", {2, 3}}}, {{2, 5, 4, 2}}});
}

TEST(LayerGradient, Products) {
  check({"EinsumDense",
         {{"equation", "abc,cde->abde"}, {"bias_axes", "de"}, {"activation", "tanh"}},
         {{2, 3, 4}},
         {{"kernel", {4, 2, 3}}, {"bias", {2, 3}}}});
  check({"EinsumDense",
         {{"equation", "...x,xy->...y"}, {"bias_axes", "y"}},
         {{2, 3, 4}},
         {{"kernel", {4, 2}}, {"bias", {2}}}});
  check({"EinsumDense",
         {{"equation", "abc,cd->abd"}, {"bias_axes", "b"}},
         {{2, 3, 4}},
         {{"kernel", {4, 2}}, {"bias", {3, 1}}}});
  check({"Dot", {{"axes", {1, 2}}}, {{2, 3, 4}, {2, 5, 3}}});
  check({"Dot", {{"axes", 1}, {"normalize", true}}, {{2, 3}, {2, 3}}});
  check({"Dot", {{"axes", {2, 1}}, {"normalize", true}}, {{2, 3, 4}, {2, 4, 2}}});
}

TEST(LayerGradient, OtherNormalization) {
  check({"RMSNormalization", {{"axis", -1}}, {{4, 2, 3}}, {{"scale", {3}}}});
  check({"GroupNormalization",
         {{"groups", 2}, {"axis", -1}},
         {{2, 3, 4}},
         {{"gamma", {4}}, {"beta", {4}}}});
  check({"UnitNormalization", {{"axis", {1, 2}}}, {{2, 3, 4}}});
  check({"Rescaling", {{"scale", {0.5, 2.0}}, {"offset", 3}}, {{3, 2}}});
}

TEST(LayerGradient, Images) {
  for (const char* interpolation : {"bilinear", "nearest"})
    check({"Resizing",
           {{"height", 5}, {"width", 3}, {"interpolation", interpolation}},
           {{2, 3, 5, 2}}});
  check({"CenterCrop", {{"height", 2}, {"width", 3}}, {{2, 4, 4, 2}}});
  check({"RandomFlip", nlohmann::json::object(), {{2, 4, 4, 2}}});
  const nlohmann::json half{{"class_name", "Rescaling"}, {"config", {{"scale", 0.5}}}},
      crop{{"class_name", "CenterCrop"}, {"config", {{"height", 2}, {"width", 3}}}};
  check({"Pipeline", {{"layers", {half, crop}}}, {{2, 4, 4, 2}}});
}

// In training the kernel is another one, and the derivative by it is left open.
TEST(LayerGradient, SpectralNormalization) {
  const nlohmann::json dense{{"class_name", "Dense"}, {"config", {{"activation", "tanh"}}}};
  Made made{"SpectralNormalization",
            {{"layer", dense}},
            {{2, 3}},
            {{"kernel", {3, 4}}, {"bias", {4}}, {"vector_u", {1, 4}}}};
  check(made);
  made.training = true;
  Draw draw;
  LayerCall call = call_of(made, draw);
  const Bounded seed = draw.normal({2, 4});
  const LayerGradient by = find_layer_gradient(made.name)(call, {seed});
  ASSERT_FALSE(by.not_checked) << by.not_checked->reason;
  expect_slopes(call, call.inputs[0], {seed}, by.inputs[0], "input");
  expect_slopes(call, call.weights[1], {seed}, *by.weights[1], "bias");
  EXPECT_FALSE(std::isfinite(by.weights[0]->bound[0]));
}

TEST(LayerGradient, Wrappers) {
  const nlohmann::json dense{{"class_name", "Dense"}, {"config", {{"activation", "tanh"}}}};
  check({"TimeDistributed", {{"layer", dense}}, {{2, 3, 4}}, {{"kernel", {4, 2}}, {"bias", {2}}}});
  const std::vector<std::pair<std::string, Shape>> both{
      {"kernel", {2, 12}}, {"recurrent_kernel", {3, 12}}, {"bias", {12}},
      {"kernel", {2, 12}}, {"recurrent_kernel", {3, 12}}, {"bias", {12}}};
  for (const char* mode : {"concat", "sum", "ave", "mul"})
    for (const bool sequences : {false, true}) {
      const nlohmann::json lstm{{"class_name", "LSTM"},
                                {"config", {{"return_sequences", sequences}}}};
      check({"Bidirectional", {{"layer", lstm}, {"merge_mode", mode}}, {{2, 3, 2}}, both});
    }
}

TEST(LayerGradient, Attention) {
  check({"Attention", {{"use_scale", true}}, {{2, 3, 4}, {2, 5, 4}}, {{"scale", {}}}});
  check({"Attention", {{"use_scale", false}, {"causal", true}}, {{2, 3, 4}, {2, 3, 2}, {2, 3, 4}}});
  for (const bool scale : {false, true})
    check({"Attention",
           {{"score_mode", "concat"}, {"use_scale", scale}},
           {{2, 3, 4}, {2, 5, 4}, {2, 5, 4}},
           scale ? std::vector<std::pair<std::string, Shape>>{{"scale", {}},
                                                              {"concat_score_weight", {}}}
                 : std::vector<std::pair<std::string, Shape>>{{"concat_score_weight", {}}}});
  check({"AdditiveAttention", {{"use_scale", true}}, {{2, 3, 4}, {2, 5, 4}}, {{"scale", {4}}}});
  for (const std::int64_t shared : {2, 1}) {
    const Shape own{4, shared, 3};
    check({shared == 2 ? "MultiHeadAttention" : "GroupQueryAttention",
           nlohmann::json::object(),
           {{2, 3, 4}, {2, 5, 4}, {2, 5, 4}},
           {{"kernel", {4, 2, 3}},
            {"bias", {2, 3}},
            {"kernel", own},
            {"bias", {shared, 3}},
            {"kernel", own},
            {"bias", {shared, 3}},
            {"kernel", {2, 3, 4}},
            {"bias", {4}}}});
  }
}

TEST(LayerGradient, AttentionThroughAGate) {
  Draw draw;
  LayerCall call = call_of({"GroupQueryAttention",
                            {{"use_gate", true}, {"use_bias", false}},
                            {{2, 3, 4}, {2, 5, 4}},
                            {{"kernel", {4, 2, 3}},
                             {"kernel", {4, 1, 3}},
                             {"kernel", {4, 1, 3}},
                             {"kernel", {4, 2, 3}},
                             {"kernel", {2, 3, 4}}}},
                           draw);
  for (const char* part : {"query", "key", "value", "gate", "attention_output"})
    call.weight_paths.push_back("group_query_attention/" + std::string(part) + "/kernel");
  check(call, draw);
}

TEST(LayerGradient, OfTensorsGivenByName) {
  Draw draw;
  LayerCall call = call_of({"MultiHeadAttention",
                            {{"use_bias", false}},
                            {{2, 3, 4}},
                            {{"kernel", {4, 2, 3}},
                             {"kernel", {4, 2, 3}},
                             {"kernel", {4, 2, 3}},
                             {"kernel", {2, 3, 4}}}},
                           draw);
  call.tensors["value"] = {draw.normal({2, 5, 4})};
  check(call, draw);
  call.tensors["key"] = {draw.normal({2, 5, 4})};
  check(call, draw);
}

TEST(LayerGradient, AnEmbeddingInReverse) {
  for (const bool tied : {true, false}) {
    Draw draw;
    LayerCall call = call_of({"ReversibleEmbedding",
                              {{"tie_weights", tied}, {"logit_soft_cap", tied ? 2.0 : 0.0}},
                              {{2, 3, 4}},
                              {{"embeddings", {5, 4}}, {"reverse_embeddings", {4, 5}}}},
                             draw);
    call.arguments["reverse"] = true;
    check(call, draw);
  }
}

TEST(LayerGradient, WhatOnlyScalesOrCuts) {
  check({"Normalization", {{"axis", {-1}}, {"mean", {1, 2}}, {"variance", {4, 0.25}}}, {{3, 2}}});
  check({"ThresholdedReLU", {{"theta", 0.5}}, {{4, 3}}});
  check({"ActivityRegularization", {{"l1", 0.1}}, {{2, 3}}});
  LayerCall call;
  call.class_name = "Masking";
  call.inputs = {Bounded(Shape{1, 2, 2})};
  call.inputs[0].value = {0, 0, 0, 3};
  Bounded seed(Shape{1, 2, 2});
  seed.value = {5, 6, 7, 8};
  EXPECT_EQ(find_layer_gradient("Masking")(call, {seed}).inputs[0].value,
            (std::vector<double>{0, 0, 7, 8}));
}

TEST(LayerGradient, DropoutFollowsWhatWasDrawn) {
  LayerCall call;
  call.class_name = "Dropout";
  call.config = {{"rate", 0.5}};
  call.training = true;
  call.inputs = {Bounded(Shape{3})};
  call.inputs[0].value = {1, 2, 3};
  call.observed = {Tensor::from_doubles(DType::kFloat32, {3}, std::vector<double>{2, 0, 6})};
  Bounded seed(Shape{3});
  seed.value = {1, 1, 1};
  const LayerGradient gradient = find_layer_gradient("Dropout")(call, {seed});
  ASSERT_FALSE(gradient.not_checked);
  EXPECT_EQ(gradient.inputs[0].value, (std::vector<double>{2, 0, 2}));
  // A zero that was kept looks like one that was dropped.
  call.inputs[0].value = {1, 0, 3};
  const Bounded open = find_layer_gradient("Dropout")(call, {seed}).inputs[0];
  EXPECT_EQ(open.value, (std::vector<double>{2, 1, 2}));
  EXPECT_NEAR(open.bound[1], 1, 1e-5);
  call.observed.clear();
  EXPECT_TRUE(find_layer_gradient("Dropout")(call, {seed}).not_checked);
}

TEST(LayerGradient, AnEmbeddingAddsUpWhatARowGot) {
  LayerCall call;
  call.class_name = "Embedding";
  call.inputs = {Bounded(Shape{3})};
  call.inputs[0].value = {1, 1, 0};
  call.weights = {Bounded(Shape{3, 1})};
  call.weight_names = {"embeddings"};
  Bounded seed(Shape{3, 1});
  seed.value = {2, 3, 5};
  const LayerGradient gradient = find_layer_gradient("Embedding")(call, {seed});
  EXPECT_EQ(gradient.weights[0]->value, (std::vector<double>{5, 5, 0}));
}

TEST(LayerGradient, ATieInAMaximumGoesToAnyOfThem) {
  LayerCall call;
  call.class_name = "MaxPooling1D";
  call.config = {{"pool_size", 2}};
  call.inputs = {Bounded(Shape{1, 2, 1})};
  call.inputs[0].value = {1, 1};
  Bounded seed(Shape{1, 1, 1});
  seed.value = {3};
  const LayerGradient gradient = find_layer_gradient("MaxPooling1D")(call, {seed});
  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_DOUBLE_EQ(gradient.inputs[0].value[k], 1.5);
    EXPECT_DOUBLE_EQ(gradient.inputs[0].bound[k], 1.5);
  }
}

}  // namespace
}  // namespace kerasan::reference
