// layer-property over events: a crop that is no window, a flip that is one.
#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr const char* kRule = "layer-property";

Collected flip(const std::vector<double>& y, bool training) {
  Program program;
  Json body{{"class", "RandomFlip"},
            {"name", "flip"},
            {"builtin", true},
            {"training", training},
            {"compute_dtype", "float32"},
            {"step", nullptr},
            {"where", {{"file", "p.py"}, {"line", 7}}},
            {"config", {{"mode", "horizontal"}}}};
  body["inputs"] = Json::array({program.tensor({1, 1, 3, 1}, {1, 2, 3})});
  body["outputs"] = Json::array({program.tensor({1, 1, 3, 1}, y)});
  program.emit("application", body);
  program.end();
  return program.verdicts;
}

TEST(LayerPropertyRule, NoPermittedFlipIsFound) {
  const auto found = flip({2, 1, 3}, true).of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].message.find("flip"), std::string::npos);
  EXPECT_EQ(found[0].where, (Json{{"layer", "flip"}, {"file", "p.py"}, {"line", 7}}));
}

TEST(LayerPropertyRule, AFlipAgrees) {
  const Collected healthy = flip({3, 2, 1}, true);
  EXPECT_TRUE(healthy.of(kRule).empty());
  EXPECT_EQ(healthy.agreed.at(kRule), 1u);
}

TEST(LayerPropertyRule, NothingIsDrawnAtInference) {
  const Collected outcome = flip({1, 2, 3}, false);
  EXPECT_TRUE(outcome.of(kRule).empty());
  EXPECT_EQ(outcome.reasons.at(kRule).size(), 1u);
}

}  // namespace
}  // namespace kerasan::testing
