// given-weights-used and implementation-by-value.
#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kGiven[] = "given-weights-used";

Collected computed(const std::vector<double>& given, const std::vector<double>& held) {
  Program p;
  const Json layer{{"id", "layer:1"},
                   {"class", "Embedding"},
                   {"name", "words"},
                   {"weights_to_set", {p.tensor({2, 1}, given)}},
                   {"weights", {{{"id", "variable:1"}, {"name", "words/embeddings:0"}}}}};
  p.emit("model", {{"id", "model:1"},
                   {"when", "call"},
                   {"class", "Sequential"},
                   {"name", "m"},
                   {"layers", {layer}}});
  p.begin(1, "Model.predict", "model:1");
  for (int batch = 0; batch < 2; ++batch)
    p.emit("step", {{"call", 1},
                    {"model", "model:1"},
                    {"phase", "predict"},
                    {"index", batch},
                    {"weights", {{"variable:1", p.tensor({2, 1}, held)}}}});
  return p.verdicts;
}

TEST(GivenWeightsUsed, OncePerModel) {
  EXPECT_EQ(computed({1, 2}, {1, 2}).agreed[kGiven], 1u);
  const auto found = computed({1, 2}, {1, 0.5}).of(kGiven);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].recomputed, 2.0);
  EXPECT_EQ(found[0].where.at("layer"), "words");
}

TEST(GivenWeightsUsed, DoublesAreCastToTheWeightsType) {
  EXPECT_TRUE(computed({0.1, 0.2}, {0.1, 0.2}).of(kGiven).empty());
}

constexpr char kFast[] = "implementation-by-value";

Collected lstm(bool fast, const Json& changed = Json::object()) {
  Program p;
  Json config{{"activation", "tanh"},
              {"recurrent_activation", "sigmoid"},
              {"recurrent_dropout", 0.0},
              {"unroll", false},
              {"use_bias", true}};
  config.update(changed);
  const Json layer{{"id", "layer:1"}, {"class", "LSTM"},  {"builtin", true},
                   {"name", "lstm"},  {"config", config}, {"fast_implementation", fast}};
  p.emit("model", {{"id", "model:1"},
                   {"when", "compile"},
                   {"class", "Sequential"},
                   {"name", "m"},
                   {"layers", {layer}}});
  return p.verdicts;
}

TEST(ImplementationByValue, WhatMeetsTheRequirements) {
  EXPECT_EQ(lstm(true).agreed[kFast], 1u);
  EXPECT_EQ(lstm(false).of(kFast).size(), 1u);
}

TEST(ImplementationByValue, WhatDoesNot) {
  EXPECT_TRUE(lstm(false, {{"activation", "relu"}}).of(kFast).empty());
  EXPECT_TRUE(lstm(false, {{"recurrent_dropout", 0.1}}).of(kFast).empty());
  EXPECT_TRUE(lstm(false, {{"unroll", true}}).of(kFast).empty());
}

}  // namespace
}  // namespace kerasan::testing
