#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "loss-by-any-name";
const Json kFunction = {{"$function", "keras.losses.mean_squared_error"}};

// Squared errors 1 and 9 with the weights 0 and 1: 4.5 over all rows, 9 over the weighted one.
void evaluate(Program& p, int id, const Json& loss, double result) {
  const std::string model = "model:" + std::to_string(id);
  p.model(model, loss, Json::array());
  p.begin(id, "Model.evaluate", model);
  p.step(id, model, 0, p.tensor({2, 1}, {1, 1}), p.tensor({2, 1}, {2, 4}), p.tensor({2}, {0, 1}));
  p.finish(id, model, result);
}

TEST(LossByAnyName, ANameAndAFunctionThatAreDividedInOneWay) {
  Program p;
  evaluate(p, 1, "mean_squared_error", 4.5);
  evaluate(p, 2, kFunction, 4.5);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
}

TEST(LossByAnyName, AnotherDivisionForTheFunction) {
  Program p;
  evaluate(p, 1, "mse", 4.5);
  evaluate(p, 2, kFunction, 9);
  const auto found = p.verdicts.of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].message.find("a function"), std::string::npos) << found[0].message;
  EXPECT_TRUE(p.verdicts.of("evaluation-weighted-mean").empty());
}

}  // namespace
}  // namespace kerasan::testing
