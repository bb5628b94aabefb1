// Images that are a warp within the limits, and images that are not.
#include <algorithm>
#include <cmath>

#include "layer_call.h"
#include "reference/property.h"

namespace kerasan::reference {
namespace {

constexpr std::int64_t kSide = 5;

double pixel(std::int64_t r, std::int64_t c) {
  r = std::clamp<std::int64_t>(r, 0, kSide - 1);
  c = std::clamp<std::int64_t>(c, 0, kSide - 1);
  return double((r * 37 + c * 101 + r * c * 13) % 97);
}

// The image moved down by `down` pixels, its edges repeated.
std::vector<double> moved(double down) {
  std::vector<double> y;
  for (std::int64_t r = 0; r < kSide; ++r)
    for (std::int64_t c = 0; c < kSide; ++c) {
      const double at = double(r) - down;
      const auto low = std::int64_t(std::floor(at));
      y.push_back(pixel(low, c) + (at - double(low)) * (pixel(low + 1, c) - pixel(low, c)));
    }
  return y;
}

bool broken(const std::vector<double>& y, nlohmann::json config, const char* name) {
  LayerCall call;
  call.training = true;
  call.class_name = name;
  const Shape shape{1, kSide, kSide, 1};
  call.inputs = {values(shape, moved(0))};
  call.observed = {Tensor::from_doubles(DType::kFloat32, shape, y)};
  call.config = std::move(config);
  const PropertyResult result = find_property(name)(call);
  EXPECT_FALSE(result.not_checked);
  return result.broken.has_value();
}

const nlohmann::json kShift{
    {"height_factor", 0.3}, {"width_factor", 0.1}, {"fill_mode", "nearest"}};

TEST(Warp, AShiftWithinTheLimitsIsFound) {
  EXPECT_FALSE(broken(moved(1.25), kShift, "RandomTranslation"));
  EXPECT_FALSE(broken(moved(-0.875), kShift, "RandomTranslation"));
}

TEST(Warp, AShiftBeyondTheLimitsIsNot) {
  EXPECT_TRUE(broken(moved(1.75), kShift, "RandomTranslation"));
  nlohmann::json one_sided = kShift;
  one_sided["height_factor"] = {0.0, 0.3};
  EXPECT_TRUE(broken(moved(-1.0), one_sided, "RandomTranslation"));
}

TEST(Warp, OnePixelThatDoesNotBelongIsNoticed) {
  std::vector<double> y = moved(1.25);
  y[12] += 1;
  EXPECT_TRUE(broken(y, kShift, "RandomTranslation"));
}

TEST(Warp, AnotherContinuationOrInterpolationIsNoticed) {
  nlohmann::json filled = kShift, nearest = kShift;
  filled["fill_mode"] = "constant";
  filled["fill_value"] = 500;
  nearest["interpolation"] = "nearest";
  EXPECT_TRUE(broken(moved(1.25), filled, "RandomTranslation"));
  EXPECT_TRUE(broken(moved(1.25), nearest, "RandomTranslation"));
  EXPECT_FALSE(broken(moved(1.0), nearest, "RandomTranslation"));
}

TEST(Warp, AQuarterTurnGoesTheWayItIsTold) {
  std::vector<double> y;
  for (std::int64_t r = 0; r < kSide; ++r)
    for (std::int64_t c = 0; c < kSide; ++c) y.push_back(pixel(c, kSide - 1 - r));
  EXPECT_FALSE(broken(y, {{"factor", {0.2, 0.3}}}, "RandomRotation"));
  EXPECT_TRUE(broken(y, {{"factor", {-0.3, -0.2}}}, "RandomRotation"));
}

TEST(Warp, APixelFromNowhereIsNoticed) {
  std::vector<double> y = moved(0.5);
  EXPECT_FALSE(broken(y, {{"fill_mode", "nearest"}}, "RandomShear"));
  y[3] = 200;
  EXPECT_TRUE(broken(y, {{"fill_mode", "nearest"}}, "RandomShear"));
}

}  // namespace
}  // namespace kerasan::reference
