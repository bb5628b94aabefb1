// Images that random layers may give, and images that they may not.
#include <cmath>
#include <random>

#include "layer_call.h"
#include "reference/property.h"

namespace kerasan::reference {
namespace {

using Pixels = std::vector<double>;

bool broken(const Shape& shape, const Pixels& x, const Pixels& y, nlohmann::json config,
            const char* name) {
  LayerCall call;
  call.training = true;
  call.class_name = name;
  call.inputs = {values(shape, x)};
  call.observed = {Tensor::from_doubles(DType::kFloat32, shape, y)};
  call.config = std::move(config);
  const PropertyResult result = find_property(name)(call);
  EXPECT_FALSE(result.not_checked) << result.not_checked->reason;
  return result.broken.has_value();
}

TEST(ImageProperty, MixUpIsAMeanOfTwo) {
  const Shape shape{2, 1, 2, 1};
  EXPECT_FALSE(broken(shape, {0, 100, 200, 50}, {50, 87.5, 200, 50}, {}, "MixUp"));
  EXPECT_TRUE(broken(shape, {0, 100, 200, 50}, {50, 80, 200, 50}, {}, "MixUp"));
  EXPECT_TRUE(broken(shape, {0, 100, 200, 50}, {-50, 112.5, 200, 50}, {}, "MixUp"));
}

// Weights of one half are far from Beta(0.2, 0.2), and usual for no alpha up to 1.
TEST(ImageProperty, MixUpDrawsItsWeightsFromABetaDistribution) {
  Pixels x, even;
  for (int i = 0; i < 4000; ++i) {
    const double own = i % 2 * 200, other = 200 - own;
    // Uniform weights, of which Beta(1, 1) is the distribution.
    const double weight = (i / 2 + 0.5) / 2000;
    x.push_back(own);
    even.push_back(weight * own + (1 - weight) * other);
  }
  const Shape shape{4000, 1, 1, 1};
  EXPECT_FALSE(broken(shape, x, even, {{"alpha", 1.0}}, "MixUp"));
  EXPECT_TRUE(broken(shape, x, even, {{"alpha", 0.8}}, "MixUp"));
  EXPECT_TRUE(broken(shape, x, even, {{"alpha", 0.2}}, "MixUp"));
}

// Pixels of few levels; and what becomes of them.
const Shape kImage{1, 6, 6, 3};

Pixels colours() {
  std::minstd_rand draw(5);
  Pixels x(108);
  for (double& v : x) v = 51.0 * double(draw() / 7 % 6);
  return x;
}
const Pixels kColours = colours();

// Each row moved to the right by one pixel.
Pixels moved() {
  Pixels y;
  for (std::size_t i = 0; i < kColours.size(); ++i) y.push_back(kColours[i % 18 < 3 ? i : i - 3]);
  return y;
}

Pixels each(Pixels y, double factor, double more) {
  for (double& v : y) v = std::min(255.0, factor * v + more);
  return y;
}

// `part` of y and the rest of the image.
Pixels mixed(const Pixels& y, double part) {
  Pixels out;
  for (std::size_t i = 0; i < y.size(); ++i) out.push_back(part * y[i] + (1 - part) * kColours[i]);
  return out;
}

TEST(ImageProperty, RandAugmentOfOneOperation) {
  const nlohmann::json one{{"num_ops", 1}};
  EXPECT_FALSE(broken(kImage, kColours, each(kColours, -1, 255), one, "RandAugment"));
  EXPECT_FALSE(broken(kImage, kColours, each(kColours, 1, 20), one, "RandAugment"));
  EXPECT_FALSE(broken(kImage, kColours, moved(), one, "RandAugment"));
  Pixels duller;
  for (std::size_t i = 0; i < kColours.size(); i += 3) {
    const double gray = 0.299 * kColours[i] + 0.587 * kColours[i + 1] + 0.114 * kColours[i + 2];
    for (std::size_t k = i; k < i + 3; ++k) duller.push_back((gray + kColours[k]) / 2);
  }
  EXPECT_FALSE(broken(kImage, kColours, duller, one, "RandAugment"));
}

TEST(ImageProperty, RandAugmentOfTwoOperationsWhereOneIsAskedFor) {
  const Pixels both = each(moved(), 1, 20);
  EXPECT_TRUE(broken(kImage, kColours, both, {{"num_ops", 1}}, "RandAugment"));
  EXPECT_FALSE(broken(kImage, kColours, both, {{"num_ops", 2}}, "RandAugment"));
  const Pixels between = mixed(moved(), 0.5);
  EXPECT_TRUE(broken(kImage, kColours, between, {{"num_ops", 1}, {"interpolation", "nearest"}},
                     "RandAugment"));
}

TEST(ImageProperty, RandAugmentInterpolates) {
  const Shape three{3, 6, 6, 3};
  Pixels x, y;
  for (int n = 0; n < 3; ++n) {
    const Pixels shifted = moved();
    x.insert(x.end(), kColours.begin(), kColours.end());
    y.insert(y.end(), shifted.begin(), shifted.end());
  }
  EXPECT_TRUE(broken(three, x, y, {{"num_ops", 1}}, "RandAugment"));
  EXPECT_FALSE(broken(three, x, y, {{"num_ops", 1}, {"interpolation", "nearest"}}, "RandAugment"));
}

TEST(ImageProperty, AugMixOfOneLink) {
  const nlohmann::json one{
      {"num_chains", 1}, {"chain_depth", 1}, {"all_ops", false}, {"interpolation", "nearest"}};
  EXPECT_FALSE(broken(kImage, kColours, mixed(moved(), 0.25), one, "AugMix"));
  EXPECT_TRUE(broken(kImage, kColours, each(mixed(moved(), 0.25), 1, 5), one, "AugMix"));
}

TEST(ImageProperty, CutMixPastesARectangle) {
  const Shape shape{2, 1, 3, 1};
  const Pixels x{1, 2, 3, 7, 8, 9};
  EXPECT_FALSE(broken(shape, x, {1, 8, 9, 7, 8, 9}, {}, "CutMix"));
  EXPECT_TRUE(broken(shape, x, {7, 2, 9, 7, 8, 9}, {}, "CutMix"));
}

TEST(ImageProperty, ErasingFillsARectangle) {
  const Shape shape{1, 1, 3, 1};
  const nlohmann::json config{{"fill_value", 17}};
  EXPECT_FALSE(broken(shape, {1, 2, 3}, {1, 17, 17}, config, "RandomErasing"));
  EXPECT_TRUE(broken(shape, {1, 2, 3}, {17, 2, 17}, config, "RandomErasing"));
  EXPECT_TRUE(broken(shape, {1, 2, 3}, {1, 18, 18}, config, "RandomErasing"));
}

TEST(ImageProperty, OneHueForAnImage) {
  const Shape shape{1, 1, 2, 3};
  const Pixels x{200, 100, 50, 40, 80, 20};
  const nlohmann::json config{{"factor", {0.0, 0.5}}};
  EXPECT_FALSE(broken(shape, x, {50, 200, 100, 20, 40, 80}, config, "RandomHue"));  // a third
  EXPECT_TRUE(broken(shape, x, {50, 200, 100, 40, 80, 20}, config, "RandomHue"));
  EXPECT_TRUE(broken(shape, x, {50, 190, 100, 20, 40, 80}, config, "RandomHue"));
}

TEST(ImageProperty, HuesOfABatchDoNotAllStay) {
  Pixels x;
  for (int i = 0; i < 4; ++i) x.insert(x.end(), {200, 100, double(10 * i)});
  EXPECT_TRUE(broken({4, 1, 1, 3}, x, x, {{"factor", {0.0, 0.5}}}, "RandomHue"));
  EXPECT_FALSE(broken({4, 1, 1, 3}, x, x, {{"factor", {0.0, 0.0}}}, "RandomHue"));
}

TEST(ImageProperty, OneSaturationForAnImage) {
  const Shape shape{1, 1, 2, 3};
  const Pixels x{200, 100, 50, 40, 80, 20};
  const nlohmann::json less{{"factor", {0.1, 0.4}}}, more{{"factor", {0.6, 0.8}}};
  const Pixels half{200, 150, 125, 60, 80, 50};  // from the largest channel
  EXPECT_FALSE(broken(shape, x, half, less, "RandomSaturation"));
  EXPECT_TRUE(broken(shape, x, half, more, "RandomSaturation"));
  EXPECT_TRUE(broken(shape, x, {200, 150, 125, 40, 80, 20}, less, "RandomSaturation"));
}

TEST(ImageProperty, DegenerationIsTowardsGray) {
  const Shape shape{1, 1, 1, 3};
  const Pixels x{200, 100, 50};
  const double gray = 0.299 * 200 + 0.587 * 100 + 0.114 * 50;
  Pixels y;
  for (double v : x) y.push_back(0.75 * v + 0.25 * gray);
  EXPECT_FALSE(broken(shape, x, y, {{"factor", {0.0, 0.3}}}, "RandomColorDegeneration"));
  EXPECT_TRUE(broken(shape, x, y, {{"factor", {0.3, 0.5}}}, "RandomColorDegeneration"));
  y[0] += 5;
  EXPECT_TRUE(broken(shape, x, y, {{"factor", {0.0, 0.3}}}, "RandomColorDegeneration"));
}

TEST(ImageProperty, OneKernelBlursAnImage) {
  constexpr std::int64_t kSide = 7;
  const Shape shape{1, kSide, kSide, 1};
  Pixels x;
  for (int i = 0; i < kSide * kSide; ++i) x.push_back(double(i * i * 31 % 253));
  Pixels y = x;
  for (std::int64_t r = 1; r + 1 < kSide; ++r)
    for (std::int64_t c = 1; c + 1 < kSide; ++c) {
      const auto at = std::size_t(r * kSide + c);
      y[at] = 0.6 * x[at] + 0.1 * (x[at - 1] + x[at + 1] + x[at - kSide] + x[at + kSide]);
    }
  const nlohmann::json config{{"kernel_size", {3, 3}}};
  EXPECT_FALSE(broken(shape, x, y, config, "RandomGaussianBlur"));
  EXPECT_FALSE(broken(shape, x, y, {}, "RandomSharpness"));
  y[24] += 1;
  EXPECT_TRUE(broken(shape, x, y, config, "RandomGaussianBlur"));
  EXPECT_TRUE(broken(shape, x, y, {}, "RandomSharpness"));
}

TEST(ImageProperty, PosterizationKeepsTheLeadingBits) {
  const Shape shape{1, 1, 3, 1};
  const nlohmann::json config{{"factor", {1, 3}}};
  EXPECT_FALSE(broken(shape, {70, 200, 31}, {64, 192, 0}, config, "RandomPosterization"));
  EXPECT_TRUE(broken(shape, {70, 200, 31}, {64, 192, 24}, config, "RandomPosterization"));
}

TEST(ImageProperty, EqualizationFollowsTheDistribution) {
  const Shape shape{1, 1, 4, 1};
  const Pixels x{10, 12, 12, 14};
  EXPECT_FALSE(broken(shape, x, {0, 170, 170, 255}, {}, "Equalization"));
  EXPECT_TRUE(broken(shape, x, {0, 170, 180, 255}, {}, "Equalization"));
  EXPECT_TRUE(broken(shape, x, x, {}, "Equalization"));
}

TEST(ImageProperty, SolarizationInvertsAboveItsThreshold) {
  const Shape shape{1, 1, 3, 1};
  const nlohmann::json all{{"addition_factor", {0, 0}}, {"threshold_factor", {0, 0}}};
  const nlohmann::json some{{"addition_factor", {0.2, 0.2}}, {"threshold_factor", {0.5, 0.6}}};
  EXPECT_FALSE(broken(shape, {10, 100, 250}, {245, 155, 5}, all, "Solarization"));
  EXPECT_TRUE(broken(shape, {10, 100, 250}, {10, 155, 5}, all, "Solarization"));
  EXPECT_FALSE(broken(shape, {10, 100, 150}, {61, 104, 54}, some, "Solarization"));
  EXPECT_TRUE(broken(shape, {10, 100, 150}, {10, 155, 105}, some, "Solarization"));
}

TEST(ImageProperty, JitterOfNothingChangesNothing) {
  const Shape shape{1, 1, 1, 3};
  const nlohmann::json config{{"brightness_factor", nullptr},
                              {"contrast_factor", nullptr},
                              {"saturation_factor", nullptr},
                              {"hue_factor", nullptr}};
  EXPECT_FALSE(broken(shape, {1, 2, 3}, {1, 2, 3}, config, "RandomColorJitter"));
  EXPECT_TRUE(broken(shape, {1, 2, 3}, {1, 2, 4}, config, "RandomColorJitter"));
}

}  // namespace
}  // namespace kerasan::reference
