// Products whose factors lose bits before they are multiplied, as matrix units of accelerators do.
#include <cmath>
#include <random>

#include "../rule_run.h"
#include "checks/evaluation_predictions.h"
#include "checks/products_of.h"
#include "layer_call.h"
#include "reference/gradient.h"
#include "reference/ops/matmul.h"

namespace kerasan::reference {
namespace {

using model::Json;

constexpr double kTf32 = 0x1p-10;

enum class Cut { kNearest, kOff };

// To 10 bits after the leading one.
double tf32(double x, Cut cut) {
  if (x == 0) return 0;
  const int exponent = std::ilogb(x);
  const double units = std::ldexp(x, 10 - exponent);
  return std::ldexp(cut == Cut::kNearest ? std::nearbyint(units) : std::trunc(units),
                    exponent - 10);
}

Bounded drawn(Shape shape, std::mt19937& random, double low = -1) {
  std::uniform_real_distribution<float> uniform(float(low), 1);
  Bounded out(std::move(shape));
  for (double& v : out.value) v = double(uniform(random));
  return out;
}

// a b with sums in single precision.
std::vector<double> product(const Bounded& a, const Bounded& b, Cut cut) {
  const auto m = std::size_t(a.shape[0]), k = std::size_t(a.shape[1]), n = std::size_t(b.shape[1]);
  std::vector<double> out(m * n);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      float sum = 0;
      for (std::size_t t = 0; t < k; ++t)
        sum += float(tf32(a.value[i * k + t], cut) * tf32(b.value[t * n + j], cut));
      out[i * n + j] = double(sum);
    }
  return out;
}

// The largest |error| / bound.
double worst(const Bounded& computed, const std::vector<double>& claimed) {
  double most = 0;
  for (std::size_t i = 0; i < claimed.size(); ++i)
    most = std::max(most, std::fabs(claimed[i] - computed.value[i]) / computed.bound[i]);
  return most;
}

TEST(Products, RoundedAndCutFactorsAreWithinTheBoundOfTf32) {
  std::mt19937 random(3);
  const Precision exact = precision_of(DType::kFloat32),
                  coarse = precision_of(DType::kFloat32, kTf32);
  for (const Cut cut : {Cut::kNearest, Cut::kOff})
    for (const double low : {-1.0, 0.0}) {
      const Bounded a = drawn({8, 16}, random, low), b = drawn({16, 8}, random, low);
      const auto given = product(a, b, cut);
      EXPECT_GT(worst(matmul(a, b, exact), given), 10);
      const double of = worst(matmul(a, b, coarse), given);
      EXPECT_LT(of, 1);
      EXPECT_GT(of, 0.02);  // and it is no wider than it has to be
    }
}

TEST(Products, DerivativesOfAProductGetTheSameAllowance) {
  std::mt19937 random(4);
  const Bounded x = drawn({8, 16}, random), w = drawn({16, 4}, random),
                seed = drawn({8, 4}, random);
  const Precision exact = precision_of(DType::kFloat32),
                  coarse = precision_of(DType::kFloat32, kTf32);
  const double once = kTf32 * (2 + kTf32);
  for (const auto& [plain, wide] :
       {std::pair{matmul_by_input(seed, w, exact), matmul_by_input(seed, w, coarse)},
        std::pair{matmul_by_weight(x, seed, exact), matmul_by_weight(x, seed, coarse)}})
    for (std::size_t i = 0; i < plain.size(); ++i) {
      EXPECT_EQ(plain.value[i], wide.value[i]);
      EXPECT_GT(wide.bound[i], once * std::fabs(plain.value[i]));
      EXPECT_GT(wide.bound[i], 100 * plain.bound[i]);
    }
}

TEST(Products, OnlyFactorsInSinglePrecisionLoseBits) {
  EXPECT_EQ(precision_of(DType::kFloat64, kTf32).factor, 0);
  EXPECT_EQ(precision_of(DType::kFloat16, kTf32).factor, 0);
  EXPECT_EQ(product_error(10, precision_of(DType::kFloat64, kTf32)), gamma(12, 0x1p-52));
  EXPECT_EQ(factor_error("float32"), 0);
  EXPECT_EQ(factor_error("tf32"), kTf32);
  EXPECT_EQ(factor_error("bfloat16"), 0x1p-7);
  EXPECT_EQ(factor_error(""), 1);  // not known: any product is as good as none
}

LayerCall dense() {
  std::mt19937 random(5);
  LayerCall call;
  call.config = {{"units", 4}, {"use_bias", true}};
  call.inputs = {drawn({8, 16}, random)};
  call.weights = {drawn({16, 4}, random), values({4}, {0.05, -0.05, 0.1, 0.2})};
  call.weight_names = {"kernel", "bias"};
  return call;
}

TEST(Products, ALostBiasIsStillFoundWithTf32) {
  LayerCall call = dense();
  const auto given = product(call.inputs[0], call.weights[0], Cut::kNearest);
  call.products.matmul = kTf32;
  EXPECT_GT(worst(outputs_of(call, "Dense")[0], given), 3);
  std::vector<double> biased = given;
  for (std::size_t i = 0; i < biased.size(); ++i) biased[i] += call.weights[1].value[i % 4];
  EXPECT_LT(worst(outputs_of(call, "Dense")[0], biased), 1);
}

TEST(Products, MatricesWindowsAndLoopsAreToldApart) {
  std::mt19937 random(6);
  LayerCall conv;
  conv.config = {{"kernel_size", {3}}, {"padding", "valid"}, {"use_bias", false}};
  conv.inputs = {drawn({2, 8, 3}, random)};
  conv.weights = {drawn({3, 3, 4}, random)};
  conv.weight_names = {"kernel"};
  LayerCall rnn;
  rnn.config = {{"units", 2}, {"use_bias", false}, {"activation", "linear"}};
  rnn.inputs = {drawn({2, 3, 4}, random)};
  rnn.weights = {drawn({4, 2}, random), drawn({2, 2}, random)};
  rnn.weight_names = {"kernel", "recurrent_kernel"};
  rnn.masks.resize(1);
  const auto widened = [](LayerCall call, const char* name, Products products) {
    const double before = outputs_of(call, name)[0].bound[0];
    call.products = products;
    return outputs_of(call, name)[0].bound[0] > 10 * before;
  };
  const Products matmul{kTf32, 0, 0, false}, convolution{0, kTf32, 0, false},
      loop{0, 0, kTf32, false};
  EXPECT_TRUE(widened(dense(), "Dense", matmul));
  EXPECT_FALSE(widened(dense(), "Dense", convolution));
  EXPECT_FALSE(widened(dense(), "Dense", loop));
  EXPECT_FALSE(widened(conv, "Conv1D", matmul));
  EXPECT_TRUE(widened(conv, "Conv1D", convolution));
  EXPECT_TRUE(widened(rnn, "SimpleRNN", matmul));
  EXPECT_FALSE(widened(rnn, "SimpleRNN", convolution));
  EXPECT_TRUE(widened(rnn, "SimpleRNN", loop));
}

// One pixel a million times as large as the others: a transform over the whole image leaves an
// error of about u times it everywhere.
TEST(Products, ATransformMayDisturbEveryOutputOfAnImage) {
  LayerCall call;
  call.config = {{"kernel_size", {3, 3}}, {"padding", "same"}, {"use_bias", false}};
  Bounded image(Shape{2, 8, 8, 1});
  for (double& v : image.value) v = 1e-3;
  image.value[9] = 1e3;
  call.inputs = {image};
  call.weights = {values({3, 3, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1})};
  call.weight_names = {"kernel"};
  Bounded y = outputs_of(call, "Conv2D")[0];
  std::vector<double> given = y.value;
  given[7 * 8 + 7] += 0x1p-24 * 1e3;
  EXPECT_GT(worst(y, given), 100);
  call.products.transforms = true;
  y = outputs_of(call, "Conv2D")[0];
  EXPECT_LT(worst(y, given), 1);
  given[7 * 8 + 7] = 0;  // a pixel that is lost
  EXPECT_LT(worst(y, given), 1) << "is below what a transform may lose";
  given[64 + 63] = 0;  // in the image without the large one
  EXPECT_GT(worst(y, given), 100);
}

TEST(Products, DerivativesOfAConvolutionAllowForATransform) {
  LayerCall call;
  call.config = {{"kernel_size", {3}}, {"padding", "same"}, {"use_bias", false}};
  std::mt19937 random(8);
  call.inputs = {drawn({2, 8, 3}, random)};
  call.weights = {drawn({3, 3, 4}, random)};
  call.weight_names = {"kernel"};
  const Bounded seed = drawn({2, 8, 4}, random);
  const auto gradient = find_layer_gradient("Conv1D");
  const LayerGradient plain = gradient(call, {seed});
  call.products.transforms = true;
  const LayerGradient wide = gradient(call, {seed});
  ASSERT_FALSE(plain.not_checked || wide.not_checked);
  for (std::size_t i = 0; i < wide.inputs[0].size(); ++i)
    EXPECT_GT(wide.inputs[0].bound[i], 2 * plain.inputs[0].bound[i]);
  for (std::size_t i = 0; i < wide.weights[0]->size(); ++i)
    EXPECT_GT(wide.weights[0]->bound[i], 2 * plain.weights[0]->bound[i]);
}

// What `layer-output` makes of a Dense(1) without bias on [1 + 2^-11, 0] that gave 1.
testing::Outcome judged(const Json& arithmetic) {
  const std::map<std::string, Tensor> held{
      {"x", Tensor::from_doubles(DType::kFloat32, {1, 2}, std::vector<double>{1 + 0x1p-11, 0})},
      {"w", Tensor::from_doubles(DType::kFloat32, {2, 1}, std::vector<double>{1, 1})},
      {"y", Tensor::from_doubles(DType::kFloat32, {1, 1}, std::vector<double>{1})}};
  model::Run run([&](const std::string& digest) { return std::optional(held.at(digest)); });
  const Json application = {{"kind", "application"},
                            {"class", "Dense"},
                            {"name", "dense"},
                            {"config", {{"units", 1}, {"use_bias", false}}},
                            {"compute_dtype", "float32"},
                            {"inputs", {{{"$tensor", "x"}}}},
                            {"weights", {{{"name", "kernel"}, {"value", {{"$tensor", "w"}}}}}},
                            {"outputs", {{{"$tensor", "y"}}}}};
  testing::Outcome outcome;
  for (auto& rule : checks::make_rules()) {
    if (rule->info().name != "layer-output") continue;
    for (const Json& body : {arithmetic, application}) {
      const model::Event event{body.at("kind"), 0, 1, body};
      run.apply(event);
      rule->on_event(event, run, outcome);
    }
  }
  return outcome;
}

Json told(const Json& form) {
  return {{"kind", "arithmetic"},
          {"accelerators", {{{"kind", "gpu"}, {"name", "a card"}}}},
          {"products", {{"matmul", form}, {"convolution", form}, {"recurrent", form}}}};
}

TEST(Products, ARuleTakesThemFromTheEvent) {
  EXPECT_EQ(judged(told("float32")).findings.size(), 1U);
  EXPECT_EQ(judged(told("tf32")).agreed, 1U);
  EXPECT_EQ(judged(told(nullptr)).skipped, 1U);
  EXPECT_EQ(judged({{"kind", "arithmetic"}}).skipped, 1U);
  EXPECT_EQ(judged({{"kind", "arithmetic"}, {"products", {1, 2}}}).skipped, 1U);
  EXPECT_EQ(judged({{"kind", "unknown"}}).findings.size(), 1U);
}

TEST(Products, ALoopOnACardIsNotTakenForSinglePrecision) {
  model::Run run{nullptr};
  Json body = told("float32");
  run.apply({"arithmetic", 0, 1, body});
  EXPECT_EQ(checks::products_of(run).recurrent, kTf32);
  EXPECT_EQ(checks::products_of(run).matmul, 0);
  body["accelerators"] = Json::array();
  run.apply({"arithmetic", 0, 1, body});
  EXPECT_EQ(checks::products_of(run).recurrent, 0);
}

TEST(Products, PredictionsOfTwoRunsMayDifferByThem) {
  const Json layer = {{"class", "Dense"}, {"weights", {{{"name", "kernel"}, {"shape", {16, 4}}}}}};
  const Json model = {{"layers", {layer, {{"class", "Flatten"}, {"weights", Json::array()}}}}};
  const double plain = checks::relative_error(model, 1, {});
  const double coarse = checks::relative_error(model, 1, {kTf32, 0, 0, false});
  EXPECT_NEAR(coarse - plain, 0x1p-9, 1e-5);  // of the one layer that multiplies
}

}  // namespace
}  // namespace kerasan::reference
