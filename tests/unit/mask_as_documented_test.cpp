#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "mask-as-documented";

// Tokens [3, 0] are embedded; an LSTM gets what comes of it, with this mask.
Collected handed(const std::vector<double>& mask, bool asked = true, bool copied = false) {
  Program p;
  const Json tokens = p.tensor({1, 2}, {3, 0}, DType::kInt32);
  const Json rows = p.tensor({1, 2, 2}, {1, 2, 5, 6});
  const auto apply = [&](const char* cls, const Json& input, const Json& held, const Json& output,
                         const Json& config) {
    p.emit("application", {{"step", 1},
                           {"model", "model:1"},
                           {"class", cls},
                           {"name", cls},
                           {"builtin", true},
                           {"config", config},
                           {"inputs", Json::array({input})},
                           {"masks", Json::array({held})},
                           {"outputs", Json::array({output})}});
  };
  const Json none;
  apply("Embedding", tokens, none, rows, {{"mask_zero", asked}});
  if (copied) apply("Lambda", rows, p.tensor({1, 2}, {1, 0}, DType::kBool), rows, Json::object());
  const Json held = mask.empty() ? Json() : p.tensor({1, 2}, mask, DType::kBool);
  apply("LSTM", rows, held, p.tensor({1, 2}, {7, 8}), Json::object());
  return p.verdicts;
}

TEST(MaskAsDocumented, OfTokensThatAreNotZero) {
  EXPECT_EQ(handed({1, 0}).agreed[kRule], 1u);
  EXPECT_TRUE(handed({1, 0}).of(kRule).empty());
  EXPECT_EQ(handed({}).of(kRule).size(), 1u);
  EXPECT_EQ(handed({1, 1}).of(kRule).size(), 1u);
}

TEST(MaskAsDocumented, NotAskedOrPerhapsDropped) {
  EXPECT_TRUE(handed({}, false).of(kRule).empty());
  EXPECT_TRUE(handed({}, true, true).of(kRule).empty());
}

TEST(MaskAsDocumented, OfStepsThatAreNotAllMasked) {
  for (const bool right : {true, false}) {
    Program p;
    const Json x = p.tensor({1, 2, 2}, {0, 1, 0, 0});
    const auto apply = [&](const char* cls, const Json& held) {
      p.emit("application", {{"step", 1},
                             {"model", "model:1"},
                             {"class", cls},
                             {"builtin", true},
                             {"config", {{"mask_value", 0.0}}},
                             {"inputs", Json::array({x})},
                             {"masks", Json::array({held})},
                             {"outputs", Json::array({x})}});
    };
    apply("Masking", Json());
    apply("GRU", p.tensor({1, 2}, {1, right ? 0.0 : 1.0}, DType::kBool));
    EXPECT_EQ(p.verdicts.of(kRule).size(), right ? 0u : 1u);
  }
}

}  // namespace
}  // namespace kerasan::testing
