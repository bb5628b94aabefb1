#include <gtest/gtest.h>

#include <limits>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "loss-scale-moves";

struct Scale {
  double scale;
  int steps;
};

void update(Program& p, Scale before, Scale after, double gradient, double moved,
            Json exact = true) {
  const Json grad = exact == true ? p.tensor({1}, {gradient}) : Json();
  p.emit("update",
         {{"class", "SGD"},
          {"exact_grad", exact},
          {"scaling",
           {{"class", "LossScaleOptimizer"},
            {"growth_steps", 3},
            {"before", {{"scale", before.scale}, {"steps", before.steps}}},
            {"after", {{"scale", after.scale}, {"steps", after.steps}}}}},
          {"vars",
           {{{"before", p.tensor({1}, {1})}, {"after", p.tensor({1}, {moved})}, {"grad", grad}}}}});
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(LossScaleMoves, DocumentedMovesAgree) {
  Program p;
  update(p, {8, 0}, {8, 1}, 1, 0.5);
  update(p, {8, 2}, {16, 0}, 1, 0.5);
  update(p, {8, 2}, {4, 0}, kInfinity, 1);
  update(p, {8, 2}, {4, 0}, 0, 1, false);  // the gradient is not known
  EXPECT_EQ(p.verdicts.agreed[kRule], 4u);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
}

TEST(LossScaleMoves, OthersAreFound) {
  Program p;
  update(p, {8, 2}, {8, 3}, 1, 0.5);          // not doubled
  update(p, {8, 0}, {16, 0}, 1, 0.5);         // too early
  update(p, {8, 0}, {8, 1}, kInfinity, 1);    // not halved
  update(p, {8, 0}, {4, 0}, kInfinity, 0.5);  // not skipped
  update(p, {8, 0}, {4, 0}, 1, 1);            // halved for nothing
  update(p, {8, 0}, {4, 0}, 0, 0.5, false);   // halved, and not skipped
  EXPECT_EQ(p.verdicts.of(kRule).size(), 6u);
  EXPECT_EQ(p.verdicts.agreed[kRule], 0u);
}

TEST(LossScaleMoves, ASmallScaleIsNotChecked) {
  Program p;
  update(p, {1, 0}, {1, 0}, kInfinity, 1);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
  EXPECT_EQ(p.verdicts.reasons[kRule].size(), 1u);
}

}  // namespace
}  // namespace kerasan::testing
