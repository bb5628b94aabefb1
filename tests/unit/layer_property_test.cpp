// Draws that break a property and draws that keep it.
#include "layer_call.h"
#include "reference/ops/statistics.h"
#include "reference/property.h"

namespace kerasan::reference {
namespace {

LayerCall drawn(Shape shape, const std::vector<double>& x, const std::vector<double>& y) {
  LayerCall call;
  call.training = true;
  call.inputs = {values(shape, x)};
  call.observed = {Tensor::from_doubles(DType::kFloat32, shape, y)};
  return call;
}

PropertyResult judge(LayerCall call, const char* name) {
  call.class_name = name;
  const PropertyFunction property = find_property(name);
  return property == nullptr ? PropertyResult{{}, NotChecked{"unknown"}} : property(call);
}

// A generator good enough for the tests, the same on each machine.
struct Dice {
  std::uint64_t state = 12345;
  double operator()() {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return double(state >> 11) * 0x1p-53;
  }
};

TEST(LayerProperty, DropoutOfAnotherRateIsNoticed) {
  Dice dice;
  std::vector<double> x(4000, 1.0), y;
  for (int i = 0; i < 4000; ++i) y.push_back(dice() < 0.3 ? 0 : 2);
  LayerCall call = drawn({40, 100}, x, y);
  call.config = {{"rate", 0.3}};
  EXPECT_FALSE(judge(call, "Dropout").broken);
  call.config = {{"rate", 0.5}};
  EXPECT_TRUE(judge(call, "Dropout").broken);
}

TEST(LayerProperty, TheSameMaskForEachRowIsNoticed) {
  Dice dice;
  std::vector<double> x(4000, 1.0), row, y;
  for (int i = 0; i < 100; ++i) row.push_back(dice() < 0.5 ? 0 : 2);
  for (int i = 0; i < 40; ++i) y.insert(y.end(), row.begin(), row.end());
  LayerCall call = drawn({40, 100}, x, y);
  call.config = {{"rate", 0.5}};
  EXPECT_TRUE(judge(call, "Dropout").broken);
}

// Its config does not tell a noise_shape.
TEST(LayerProperty, DrawsOfAlphaDropoutThatAreSharedAreNotJudged) {
  LayerCall call = drawn({1, 48}, std::vector<double>(48, 1.0), std::vector<double>(48, 1.0));
  call.config = {{"rate", 0.4}};
  EXPECT_FALSE(judge(call, "AlphaDropout").broken);
  EXPECT_TRUE(judge(call, "AlphaDropout").not_checked);
  call.config["noise_shape"] = nullptr;
  EXPECT_TRUE(judge(call, "AlphaDropout").broken);
}

TEST(LayerProperty, AFeatureMapIsDroppedAsAWhole) {
  LayerCall call = drawn({1, 2, 2}, {1, 1, 1, 1}, {0, 2, 0, 2});
  call.config = {{"rate", 0.5}};
  EXPECT_FALSE(judge(call, "SpatialDropout1D").broken);
  call.observed = {
      Tensor::from_doubles(DType::kFloat32, {1, 2, 2}, std::vector<double>{0, 2, 2, 2})};
  EXPECT_TRUE(judge(call, "SpatialDropout1D").broken);
}

TEST(LayerProperty, NoiseHasItsDeviation) {
  Dice dice;
  std::vector<double> x(3000, 0.0), y;
  for (int i = 0; i < 3000; ++i) {  // Irwin and Hall: nearly normal
    double sum = -6;
    for (int k = 0; k < 12; ++k) sum += dice();
    y.push_back(0.5 * sum);
  }
  LayerCall call = drawn({30, 100}, x, y);
  call.config = {{"stddev", 0.5}};
  EXPECT_FALSE(judge(call, "GaussianNoise").broken);
  call.config = {{"stddev", 0.7}};
  EXPECT_TRUE(judge(call, "GaussianNoise").broken);
}

TEST(LayerProperty, FlipsArePermitted) {
  LayerCall call = drawn({1, 1, 2, 1}, {1, 2}, {2, 1});
  call.config = {{"mode", "horizontal"}};
  EXPECT_FALSE(judge(call, "RandomFlip").broken);
  call.config = {{"mode", "vertical"}};
  EXPECT_TRUE(judge(call, "RandomFlip").broken);
}

TEST(LayerProperty, ConstantImagesStayConstant) {
  LayerCall call = drawn({1, 1, 2, 1}, {5, 5}, {5, 5});
  call.config = {{"fill_mode", "reflect"}, {"factor", 0.2}};
  EXPECT_FALSE(judge(call, "RandomRotation").broken);
  call.observed = {Tensor::from_doubles(DType::kFloat32, {1, 1, 2, 1}, std::vector<double>{5, 4})};
  EXPECT_TRUE(judge(call, "RandomRotation").broken);
}

TEST(LayerProperty, OneBrightnessForAnImage) {
  LayerCall call = drawn({1, 1, 2, 1}, {50, 100}, {75.5, 125.5});
  call.config = {{"factor", 0.2}, {"value_range", {0, 255}}};
  EXPECT_FALSE(judge(call, "RandomBrightness").broken);
  call.config["factor"] = 0.05;
  EXPECT_TRUE(judge(call, "RandomBrightness").broken);
  call.config["factor"] = 0.2;
  call.observed = {
      Tensor::from_doubles(DType::kFloat32, {1, 1, 2, 1}, std::vector<double>{75, 110})};
  EXPECT_TRUE(judge(call, "RandomBrightness").broken);
}

TEST(LayerProperty, EqualPairsShareABin) {
  LayerCall call = drawn({3}, {4, 4, 9}, {1, 1, 0});
  call.config = {{"num_bins", 2}};
  EXPECT_FALSE(judge(call, "HashedCrossing").broken);
  call.observed = {Tensor::from_doubles(DType::kFloat32, {3}, std::vector<double>{1, 0, 0})};
  EXPECT_TRUE(judge(call, "HashedCrossing").broken);
  call.observed = {Tensor::from_doubles(DType::kFloat32, {3}, std::vector<double>{1, 1, 2})};
  EXPECT_TRUE(judge(call, "HashedCrossing").broken);
}

TEST(LayerProperty, ABinThatIsNeverUsedIsNoticed) {
  std::vector<double> x, even, all;
  for (int i = 0; i < 200; ++i) x.push_back(i), even.push_back(i % 2), all.push_back(i % 3);
  LayerCall call = drawn({200}, x, all);
  call.config = {{"num_bins", 3}};
  EXPECT_FALSE(judge(call, "HashedCrossing").broken);
  call = drawn({200}, x, even);
  call.config = {{"num_bins", 3}};
  EXPECT_TRUE(judge(call, "HashedCrossing").broken);
}

TEST(LayerProperty, ACountIsUnlikelyOnlyFarFromItsMean) {
  EXPECT_FALSE(unlikely_count(50, 100, 0.5, 1e-9));
  EXPECT_FALSE(unlikely_count(5, 5, 0.5, 1e-9));
  EXPECT_TRUE(unlikely_count(90, 100, 0.5, 1e-9));
  EXPECT_TRUE(unlikely_count(1, 100, 0.0, 1e-9));
}

}  // namespace
}  // namespace kerasan::reference
