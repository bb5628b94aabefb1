#include "base/tensor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/base64.h"
#include "base/error.h"
#include "base/half.h"

namespace kerasan {
namespace {

TEST(Tensor, RefusesBytesThatDoNotMatchItsShape) {
  auto bytes = std::make_shared<std::vector<std::byte>>(7);
  EXPECT_THROW(Tensor(DType::kFloat32, {2}, bytes), InputError);
  EXPECT_THROW(element_count({-1}), InputError);
  EXPECT_THROW(element_count({1LL << 40, 1LL << 40}), InputError);
  EXPECT_EQ(element_count({1LL << 40, 1LL << 40, 0}), 0U);
  EXPECT_EQ(element_count({}), 1U);
  EXPECT_THROW(parse_dtype("complex64"), InputError);
}

TEST(Tensor, KeepsExactValuesInEveryDType) {
  const std::vector<double> values{0, 1, 2, 100};
  for (const char* name : {"float16", "bfloat16", "float32", "float64", "int8", "int16", "int32",
                           "int64", "uint8", "uint16", "uint32", "uint64"}) {
    const auto tensor = Tensor::from_doubles(parse_dtype(name), {2, 2}, values);
    EXPECT_EQ(tensor.to_doubles(), values) << name;
    EXPECT_EQ(dtype_name(tensor.dtype()), name);
  }
  const auto flags = Tensor::from_doubles(DType::kBool, {4}, values);
  EXPECT_EQ(flags.to_doubles(), (std::vector<double>{0, 1, 1, 1}));
}

TEST(Tensor, SaturatesIntegers) {
  const std::vector<double> values{1e30, -1e30, std::nan("")};
  EXPECT_EQ(Tensor::from_doubles(DType::kInt8, {3}, values).to_doubles(),
            (std::vector<double>{127, -128, 0}));
}

// Every bit pattern survives the way to double and back; NaN stays NaN.
template <typename T>
void check_all_patterns() {
  for (unsigned bits = 0; bits <= 0xFFFF; ++bits) {
    const double value = T{static_cast<std::uint16_t>(bits)}.to_double();
    const auto back = T::from_double(value);
    if (std::isnan(value))
      EXPECT_TRUE(std::isnan(back.to_double())) << bits;
    else
      EXPECT_EQ(back.bits, bits);
  }
}
TEST(Half, EveryFloat16PatternSurvives) { check_all_patterns<Float16>(); }
TEST(Half, EveryBFloat16PatternSurvives) { check_all_patterns<BFloat16>(); }

// Between neighbours: the midpoint goes to the even one, a hair beside it to the nearer.
template <typename T>
void check_rounding() {
  for (unsigned bits = 0; bits + 1 < T::kInfinity; ++bits) {
    const double low = T{static_cast<std::uint16_t>(bits)}.to_double();
    const double high = T{static_cast<std::uint16_t>(bits + 1)}.to_double();
    const double middle = low + (high - low) / 2;
    EXPECT_EQ(T::from_double(middle).bits, bits % 2 == 0 ? bits : bits + 1);
    EXPECT_EQ(T::from_double(std::nextafter(middle, low)).bits, bits);
    EXPECT_EQ(T::from_double(std::nextafter(middle, high)).bits, bits + 1);
  }
}
TEST(Half, Float16RoundsToNearestEven) { check_rounding<Float16>(); }
TEST(Half, BFloat16RoundsToNearestEven) { check_rounding<BFloat16>(); }

TEST(Half, OverflowsToInfinityOnlyFromHalfAnUlpAboveTheLargest) {
  EXPECT_EQ(Float16::from_double(65504).bits, 0x7BFF);
  EXPECT_EQ(Float16::from_double(65519.999).bits, 0x7BFF);
  EXPECT_EQ(Float16::from_double(65520).bits, 0x7C00);
  EXPECT_EQ(Float16::from_double(-1e300).bits, 0xFC00);
  EXPECT_EQ(Float16::from_double(-0.0).bits, 0x8000);
  EXPECT_EQ(Float16::from_double(1e-300).bits, 0);
  EXPECT_EQ(BFloat16::from_double(std::numeric_limits<double>::max()).bits, 0x7F80);
}

TEST(Base64, RoundTripsAndRefusesRubbish) {
  std::vector<std::byte> bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    bytes.push_back(static_cast<std::byte>(i * 37));
  }
  EXPECT_EQ(base64_encode(std::as_bytes(std::span("Man", 2))), "TWE=");
  for (const char* bad : {"A", "====", "TW=E", "TWF=", "T!E=", "TWE=TWE="})
    EXPECT_THROW(base64_decode(bad), InputError) << bad;
}

}  // namespace
}  // namespace kerasan
