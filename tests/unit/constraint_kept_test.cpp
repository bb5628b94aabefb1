#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "constraint-kept";

void update(Program& p, const std::string& constraint, const std::vector<double>& after,
            Json config = Json::object(), bool builtin = true) {
  Json row{{"id", "variable:1"},
           {"name", "kernel"},
           {"before", p.tensor({2}, {1, 2})},
           {"after", p.tensor({2}, after)},
           {"constraint", constraint},
           {"constraint_config", {{"builtin", builtin}, {"config", config}}}};
  p.emit("update", {{"class", "SGD"},
                    {"builtin", true},
                    {"config", Json::object()},
                    {"hyper", Json::object()},
                    {"iteration", 0},
                    {"iteration_after", 1},
                    {"vars", {row}}});
}

TEST(ConstraintKept, ANormWithinTheLimitAgrees) {
  Program p;
  update(p, "MaxNorm", {0.6f, 0.8f}, {{"max_value", 1}, {"axis", 0}});
  update(p, "UnitNorm", {0.6f, 0.8f}, {{"axis", 0}});
  update(p, "NonNeg", {0, 5});
  EXPECT_EQ(p.verdicts.agreed[kRule], 3u);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
}

TEST(ConstraintKept, ABrokenOneIsFound) {
  Program p;
  update(p, "MaxNorm", {0.6f, 0.80001f}, {{"max_value", 1}, {"axis", 0}});
  update(p, "NonNeg", {-1e-9, 5});
  ASSERT_EQ(p.verdicts.of(kRule).size(), 2u);
  EXPECT_NE(p.verdicts.of(kRule)[0].message.find("MaxNorm"), std::string::npos);
}

TEST(ConstraintKept, ConstraintsOfTheProgramAreNotChecked) {
  Program p;
  update(p, "MaxNorm", {9, 9}, Json::object(), false);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
  EXPECT_EQ(p.verdicts.reasons[kRule].size(), 1u);
}

}  // namespace
}  // namespace kerasan::testing
