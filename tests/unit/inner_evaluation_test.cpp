// inner-evaluation: a callback evaluates rows of its own.
#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "inner-evaluation";

Collected evaluated(const Json& result, bool with_rows = true) {
  Program p;
  p.model("model:1", "mse", Json::array());
  p.begin(1, "Model.fit", "model:1");
  Json rows{{"model", "model:1"},
            {"phase", "test"},
            {"y", p.tensor({2, 1}, {3, 5})},
            {"predictions", p.tensor({2, 1}, {1, 2})},
            {"sample_weight", nullptr},
            {"losses", Json::array()},
            {"complete", true}};
  p.emit("inner_call", {{"call", 1},
                        {"api", "Model.evaluate"},
                        {"where", {{"file", "p.py"}, {"line", 9}, {"function", "end"}}},
                        {"rows", with_rows ? rows : Json()},
                        {"result", result}});
  return p.verdicts;
}

TEST(InnerEvaluation, TheLossOfItsOwnRows) {
  EXPECT_EQ(evaluated(6.5).agreed[kRule], 1u);
  const auto found = evaluated(1.0).of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].where.at("line"), 9);
  EXPECT_DOUBLE_EQ(found[0].recomputed.at("loss").get<double>(), 6.5);
}

TEST(InnerEvaluation, RowsThatWereNotRecorded) {
  const auto outcome = evaluated(1.0, false);
  EXPECT_TRUE(outcome.of(kRule).empty());
  EXPECT_EQ(outcome.agreed.count(kRule), 0u);
}

}  // namespace
}  // namespace kerasan::testing
