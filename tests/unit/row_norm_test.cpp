// Bounds in the Euclidean norm: what a recurrent layer says after many steps is still worth
// checking, and single precision lies within it.
#include "reference/ops/row_norm.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "layer_call.h"
#include "reference/gradient.h"

namespace kerasan::reference {
namespace {

constexpr std::int64_t kUnits = 32, kSteps = 120;

// Orthonormal rows: of a Hadamard matrix of 128 columns, the first ones.
Bounded orthonormal(std::int64_t rows, std::int64_t columns) {
  Bounded m(Shape{rows, columns});
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      m.value[std::size_t(i * columns + j)] =
          float((std::popcount(unsigned(i & j)) % 2 == 0 ? 1 : -1) / std::sqrt(128.0));
  return m;
}

Bounded waves(Shape shape, double size) {
  Bounded x(std::move(shape));
  for (std::size_t k = 0; k < x.size(); ++k)
    x.value[k] = float(size * std::sin(double(k) * 1.7 + 1));
  return x;
}

LayerCall long_call(const char* name, std::int64_t gates) {
  LayerCall call;
  call.class_name = name;
  call.config = {{"use_bias", false}, {"reset_after", true}, {"return_sequences", true}};
  call.inputs = {waves({1, kSteps, 4}, 0.5)};
  call.masks = {std::nullopt};
  call.weights = {waves({4, gates * kUnits}, 0.5), orthonormal(kUnits, gates * kUnits)};
  call.weight_names = {"kernel", "recurrent_kernel"};
  return call;
}

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

// The sums of a step in single precision, added up from the last term to the first.
std::vector<float> sums(const LayerCall& call, std::int64_t t, const std::vector<float>& h,
                        bool input, bool state) {
  const Bounded &x = call.inputs[0], &kernel = call.weights[0], &recurrent = call.weights[1];
  const auto width = std::size_t(kernel.shape[1]);
  std::vector<float> z(width);
  for (std::size_t j = 0; j < width; ++j) {
    for (std::size_t k = h.size(); state && k-- > 0;)
      z[j] += h[k] * float(recurrent.value[k * width + j]);
    for (std::size_t k = 4; input && k-- > 0;)
      z[j] += float(x.value[std::size_t(t) * 4 + k]) * float(kernel.value[k * width + j]);
  }
  return z;
}

std::vector<float> lstm_in_single(const LayerCall& call) {
  std::vector<float> h(kUnits), c(kUnits), all;
  for (std::int64_t t = 0; t < kSteps; ++t) {
    const auto z = sums(call, t, h, true, true);
    for (std::size_t j = 0; j < kUnits; ++j) {
      c[j] = sigmoid(z[kUnits + j]) * c[j] + sigmoid(z[j]) * std::tanh(z[2 * kUnits + j]);
      h[j] = sigmoid(z[3 * kUnits + j]) * std::tanh(c[j]);
    }
    all.insert(all.end(), h.begin(), h.end());
  }
  return all;
}

std::vector<float> gru_in_single(const LayerCall& call) {
  std::vector<float> h(kUnits), all;
  for (std::int64_t t = 0; t < kSteps; ++t) {
    const auto x = sums(call, t, h, true, false), s = sums(call, t, h, false, true);
    for (std::size_t j = 0; j < kUnits; ++j) {
      const float z = sigmoid(x[j] + s[j]), r = sigmoid(x[kUnits + j] + s[kUnits + j]);
      h[j] = z * h[j] + (1 - z) * std::tanh(x[2 * kUnits + j] + r * s[2 * kUnits + j]);
    }
    all.insert(all.end(), h.begin(), h.end());
  }
  return all;
}

std::vector<float> simple_in_single(const LayerCall& call) {
  std::vector<float> h(kUnits), all;
  for (std::int64_t t = 0; t < kSteps; ++t) {
    h = sums(call, t, h, true, true);
    for (float& v : h) v = std::tanh(v);
    all.insert(all.end(), h.begin(), h.end());
  }
  return all;
}

void expect_close(const LayerCall& call, const std::vector<float>& single) {
  const auto result = find_layer(call.class_name)(call);
  ASSERT_FALSE(result.not_checked) << result.not_checked->reason;
  const Bounded& y = result.outputs.at(0);
  ASSERT_EQ(y.size(), single.size());
  for (std::size_t k = 0; k < y.size(); ++k) {
    EXPECT_LE(std::fabs(double(single[k]) - y.value[k]), y.bound[k]);
    EXPECT_LT(y.bound[k], 2e-3);  // an error of a percent of the range is noticed
  }
}

TEST(RowNorm, LongSequencesKeepNarrowBounds) {
  const LayerCall lstm = long_call("LSTM", 4), gru = long_call("GRU", 3),
                  simple = long_call("SimpleRNN", 1);
  expect_close(lstm, lstm_in_single(lstm));
  expect_close(gru, gru_in_single(gru));
  expect_close(simple, simple_in_single(simple));
}

TEST(RowNorm, GradientsThroughTimeKeepNarrowBounds) {
  for (const LayerCall& call :
       {long_call("LSTM", 4), long_call("GRU", 3), long_call("SimpleRNN", 1)}) {
    const auto back = find_layer_gradient(call.class_name)(call, {waves({1, kSteps, kUnits}, 1)});
    ASSERT_FALSE(back.not_checked) << back.not_checked->reason;
    ASSERT_TRUE(back.weights.at(1));
    double scale = 0, widest = 0;
    for (double v : back.weights[1]->value) scale = std::max(scale, std::fabs(v));
    for (double b : back.weights[1]->bound) widest = std::max(widest, b);
    EXPECT_LT(widest, scale) << call.class_name;  // wider ones say nothing
  }
}

TEST(RowNorm, SpectralNormIsAnUpperBound) {
  EXPECT_NEAR(spectral_norm(orthonormal(16, 128)), 1, 1e-5);
  Bounded m(Shape{2, 2});  // singular values 4 and 2
  m.value = {3, 1, 1, 3};
  EXPECT_GE(spectral_norm(m), 4);
  EXPECT_LE(spectral_norm(m), 4.1);
  m.bound = {0, 0.5, 0, 0};
  EXPECT_GE(spectral_norm(m), 4.5);
  EXPECT_EQ(spectral_norm(Bounded(Shape{3, 2})), 0);
}

}  // namespace
}  // namespace kerasan::reference
