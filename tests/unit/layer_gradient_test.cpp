// The derivative of each layer against differences of its own values, in float64.
#include <gtest/gtest.h>

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

void check(const Made& made) {
  Draw draw;
  LayerCall call = call_of(made, draw);
  const LayerResult result = find_layer(made.name)(call);
  ASSERT_FALSE(result.not_checked) << result.not_checked->reason;
  std::vector<Bounded> seeds;
  for (const auto& y : result.outputs) seeds.push_back(draw.normal(y.shape));
  const auto function = find_layer_gradient(made.name);
  ASSERT_NE(function, nullptr) << made.name;
  const LayerGradient gradient = function(call, seeds);
  ASSERT_FALSE(gradient.not_checked) << gradient.not_checked->reason;
  for (std::size_t k = 0; k < call.inputs.size(); ++k)
    if (gradient.inputs[k].size() > 0)
      expect_slopes(call, call.inputs[k], seeds, gradient.inputs[k], made.name + " input");
  for (std::size_t k = 0; k < call.weights.size(); ++k)
    if (gradient.weights[k])
      expect_slopes(call, call.weights[k], seeds, *gradient.weights[k],
                    made.name + " " + call.weight_names[k]);
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

}  // namespace
}  // namespace kerasan::reference
