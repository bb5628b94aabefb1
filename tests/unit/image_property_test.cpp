// Images that random layers may give, and images that they may not.
#include <cmath>

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
