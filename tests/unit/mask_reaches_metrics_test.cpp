#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "mask-reaches-metrics";

// Squared errors 1, 1, 9, 9, of which the mask keeps the first two.
Collected evaluated(double error, const std::string& adapter = "keras2") {
  Program p;
  p.emit("framework", {{"adapter", adapter}, {"tensorflow", ""}});
  p.model("model:1", "mse",
          {{{"name", "error"},
            {"class", "keras.metrics.MeanSquaredError"},
            {"fn", nullptr},
            {"config", Json::object()},
            {"output", nullptr},
            {"weighted", false}}});
  p.begin(1, "Model.evaluate", "model:1");
  const Json predictions = p.tensor({1, 4, 1}, {2, 2, 4, 4});
  p.emit("application",
         {{"class", "Own"},
          {"builtin", false},
          {"outputs", Json::array({predictions})},
          {"output_masks", Json::array({p.tensor({1, 4}, {1, 1, 0, 0}, DType::kBool)})}});
  p.step(1, "model:1", 0, p.tensor({1, 4, 1}, {1, 1, 1, 1}), predictions);
  p.finish(1, "model:1", {0.5, error});
  return p.verdicts;
}

TEST(MaskReachesMetrics, TheStepsThatAreKept) {
  EXPECT_EQ(evaluated(1).agreed[kRule], 1u);
  EXPECT_TRUE(evaluated(1).of(kRule).empty());
}

TEST(MaskReachesMetrics, AllStepsAreCounted) {
  const auto found = evaluated(5).of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].recomputed["error"], 1.0);
  EXPECT_TRUE(evaluated(5, "keras3").of(kRule).empty());
  EXPECT_TRUE(evaluated(3).of(kRule).empty());  // something else
}

}  // namespace
}  // namespace kerasan::testing
