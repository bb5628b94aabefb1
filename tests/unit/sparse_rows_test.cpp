// How often rows were looked up, and the roundings that this allows.
#include "checks/sparse_rows.h"

#include <gtest/gtest.h>

namespace kerasan::checks {
namespace {

using model::Json;
using reference::Bounded;

const std::vector<double> kTokens{3, 1, 3, 3};

model::Run tokens() {
  return model::Run([](const std::string&) {
    return std::optional(Tensor::from_doubles(DType::kInt32, {2, 2}, kTokens));
  });
}

TEST(SparseRows, EachRowAsOftenAsItsNumberIsInTheBatch) {
  const Json x{{"$tensor", "tokens"}};
  EXPECT_EQ(lookups(x, tokens(), {1, 3}), (std::vector<double>{1, 3}));
  EXPECT_EQ(lookups(x, tokens(), {1, 2}), (std::vector<double>{4, 4}));  // 2 comes from elsewhere
  EXPECT_TRUE(lookups({{"a", x}, {"b", {{"$array", Json::object()}}}}, tokens(), {1}).empty());
}

TEST(SparseRows, OneRoundingOfTheValueForEachPart) {
  StepOfVariable step;
  step.call.before = Bounded({2, 2});
  step.call.before.value = {1, -2, 4, 0};
  reference::UpdateVariant variant;
  variant.after = step.call.before;
  std::vector<reference::UpdateVariant> variants{variant};
  add_roundings(step, {1, 3}, variants);
  const double u = 0x1p-24;
  EXPECT_EQ(variants[0].after.bound, (std::vector<double>{u, 2 * u, 12 * u, 0}));
}

}  // namespace
}  // namespace kerasan::checks
