// Values computed by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "layer_call.h"
#include "reference/constraint.h"
#include "reference/regularizer.h"

namespace kerasan::reference {
namespace {

using Json = nlohmann::json;

RegularizerResult penalty(const Json& serialized, const Bounded& x) {
  const auto result = penalty_of(serialized, x, DType::kFloat32);
  EXPECT_TRUE(result.has_value());
  EXPECT_FALSE(result->not_checked) << result->not_checked->reason;
  return *result;
}

Json object(const char* name, Json config) { return {{"class_name", name}, {"config", config}}; }

TEST(RegularizerReference, SumsOfSizesAndSquares) {
  const Bounded x = values({3}, {1, -2, 0});
  EXPECT_DOUBLE_EQ(penalty(object("L1", {{"l1", 0.5}}), x).value, 1.5);
  EXPECT_DOUBLE_EQ(penalty(object("L2", {{"l2", 0.5}}), x).value, 2.5);
  const auto both = penalty(object("L1L2", {{"l1", 0.5}, {"l2", 0.5}}), x);
  EXPECT_DOUBLE_EQ(both.value, 4);
  EXPECT_GT(both.bound, 0);
  EXPECT_LT(both.bound, 1e-5);
  EXPECT_DOUBLE_EQ(both.gradient->value[0], 1.5);
  EXPECT_DOUBLE_EQ(both.gradient->value[1], -2.5);
  EXPECT_DOUBLE_EQ(both.gradient->value[2], 0);
  EXPECT_DOUBLE_EQ(penalty("l1_l2", x).value, 0.08);
  EXPECT_FALSE(penalty_of(nullptr, x, DType::kFloat32).has_value());
}

TEST(RegularizerReference, AnUnknownClassIsNotChecked) {
  const Bounded x = values({1}, {1});
  Json own = object("L2", {{"l2", 0.5}});
  own["module"] = "train";
  EXPECT_TRUE(penalty_of(own, x, DType::kFloat32)->not_checked);
  EXPECT_TRUE(penalty_of(object("Package>L2", {}), x, DType::kFloat32)->not_checked);
  EXPECT_TRUE(penalty_of(object("Mine", {}), x, DType::kFloat32)->not_checked);
}

TEST(RegularizerReference, OrthogonalIsTheMeanOfTheProducts) {
  const Bounded x = values({2, 2}, {3, 4, 1, 0});  // (3, 4) / 5 times (1, 0) is 0.6
  EXPECT_NEAR(penalty(object("OrthogonalRegularizer", {{"factor", 0.5}}), x).value, 0.3, 1e-12);
  const double columns = 3 / std::sqrt(10.0);
  EXPECT_NEAR(
      penalty(object("OrthogonalRegularizer", {{"factor", 1}, {"mode", "columns"}}), x).value,
      columns, 1e-12);
}

ConstraintResult constrained(const char* name, Json config, const Bounded& x) {
  const auto result = find_constraint(name)({name, config, x, DType::kFloat32});
  EXPECT_FALSE(result.not_checked) << result.not_checked->reason;
  return result;
}

void expect_near(const Bounded& result, std::vector<double> wanted) {
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    EXPECT_NEAR(result.value[k], wanted[k], 1e-6) << k;
    EXPECT_GE(result.bound[k], std::abs(result.value[k] - wanted[k]));
    EXPECT_LT(result.bound[k], 1e-5);
  }
}

TEST(ConstraintReference, NormsAlongAnAxis) {
  const Bounded x = values({2, 2}, {3, 0.3, 4, 0.4});
  const auto most = constrained("MaxNorm", {{"max_value", 1}, {"axis", 0}}, x);
  expect_near(most.value, {0.6, 0.3, 0.8, 0.4});
  EXPECT_NE(most.broken.find("a norm of 5"), std::string::npos);
  EXPECT_EQ(constrained("MaxNorm", {{"max_value", 1}}, most.value).broken, "");
  expect_near(constrained("UnitNorm", {{"axis", 0}}, x).value, {0.6, 0.6, 0.8, 0.8});
  expect_near(
      constrained("MinMaxNorm", {{"min_value", 1}, {"max_value", 3}, {"rate", 0.5}}, x).value,
      {2.4, 0.45, 3.2, 0.6});
  const double both = std::sqrt(9 + 16 + 0.09 + 0.16);
  expect_near(constrained("UnitNorm", {{"axis", {0, 1}}}, x).value,
              {3 / both, 0.3 / both, 4 / both, 0.4 / both});
}

TEST(ConstraintReference, ZerosStayZerosAndNothingIsNegative) {
  const auto zero = constrained("UnitNorm", Json::object(), values({2}, {0, 0}));
  EXPECT_EQ(zero.broken, "");
  EXPECT_EQ(zero.value.value[0], 0);
  const auto positive = constrained("NonNeg", Json::object(), values({3}, {-1, 0, 2}));
  EXPECT_EQ(positive.value.value, (std::vector<double>{0, 0, 2}));
  EXPECT_NE(positive.broken, "");
}

TEST(ConstraintReference, RingsAreConstant) {
  std::vector<double> ring(9, 1.0);
  ring[4] = 5;
  EXPECT_EQ(constrained("RadialConstraint", Json::object(), values({3, 3, 1, 1}, ring)).broken, "");
  ring[3] = 2;
  EXPECT_NE(constrained("RadialConstraint", Json::object(), values({3, 3, 1, 1}, ring)).broken, "");
}

// Each ring becomes one weight of the diagonal; the documentation does not settle which.
TEST(Constraint, RadialHasAFormForEachChoice) {
  const auto result =
      constrained("RadialConstraint", Json::object(), values({2, 2, 1, 1}, {1, 2, 3, 4}));
  ASSERT_EQ(result.forms.size(), 2U);
  EXPECT_EQ(result.forms[0].value, std::vector<double>({1, 1, 1, 1}));
  EXPECT_EQ(result.forms[1].value, std::vector<double>({4, 4, 4, 4}));
}

}  // namespace
}  // namespace kerasan::reference
