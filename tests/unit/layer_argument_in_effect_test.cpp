#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "layer-argument-in-effect";

// Dense(1, activation="relu") with the kernel [1, -1] on the input [1, 3].
Collected dense(double output) {
  Program p;
  Json body{
      {"class", "Dense"},
      {"name", "score"},
      {"builtin", true},
      {"compute_dtype", "float32"},
      {"config", {{"name", "score"}, {"units", 1}, {"activation", "relu"}, {"use_bias", false}}},
      {"masks", {nullptr}}};
  body["inputs"] = Json::array({p.tensor({1, 2}, {1, 3})});
  body["weights"] = {
      {{"name", "kernel"}, {"path", "score/kernel"}, {"value", p.tensor({2, 1}, {1, -1})}}};
  body["outputs"] = Json::array({p.tensor({1, 1}, {output})});
  p.emit("application", body);
  p.end();
  return p.verdicts;
}

TEST(LayerArgumentInEffect, AnActivationThatIsNotApplied) {
  EXPECT_EQ(dense(0).agreed[kRule], 1u);
  const auto found = dense(-2).of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].claimed, "activation=\"relu\"");
  EXPECT_EQ(found[0].where["layer"], "score");
  // Neither with nor without an argument.
  EXPECT_TRUE(dense(7).of(kRule).empty());
  EXPECT_EQ(dense(7).reasons[kRule].size(), 1u);
}

// An average over the three steps 1, 2, 6, of which the mask keeps two.
Collected average(double output) {
  Program p;
  Json body{
      {"class", "GlobalAveragePooling1D"}, {"name", "mean"},           {"builtin", true},
      {"compute_dtype", "float32"},        {"config", Json::object()}, {"weights", Json::array()}};
  body["inputs"] = Json::array({p.tensor({1, 3, 1}, {1, 2, 6})});
  body["masks"] = Json::array({p.tensor({1, 3}, {1, 1, 0}, DType::kBool)});
  body["outputs"] = Json::array({p.tensor({1, 1}, {output})});
  p.emit("application", body);
  p.end();
  return p.verdicts;
}

TEST(LayerArgumentInEffect, AMaskThatIsNotFollowed) {
  EXPECT_TRUE(average(1.5).of(kRule).empty());
  const auto found = average(3).of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].claimed, "a mask");
}

// Two time-major sequences of two steps through recurrent layers that add inputs and state.
Collected both_ways(const std::vector<double>& output) {
  Program p;
  const Json inner{{"class_name", "SimpleRNN"},
                   {"config",
                    {{"units", 1},
                     {"activation", "linear"},
                     {"use_bias", false},
                     {"return_sequences", true},
                     {"time_major", true}}}};
  Json body{{"class", "Bidirectional"},
            {"name", "both"},
            {"builtin", true},
            {"compute_dtype", "float32"},
            {"config", {{"layer", inner}, {"merge_mode", "concat"}}},
            {"masks", {nullptr}}};
  body["inputs"] = Json::array({p.tensor({2, 2, 1}, {1, 2, 10, 20})});
  const Json one = p.tensor({1, 1}, {1});
  for (const char* path : {"forward_a/kernel", "forward_a/recurrent_kernel", "backward_a/kernel",
                           "backward_a/recurrent_kernel"})
    body["weights"].push_back({{"name", std::string(path).substr(std::string(path).find('/') + 1)},
                               {"path", path},
                               {"value", one}});
  body["outputs"] = Json::array({p.tensor({2, 2, 2}, output)});
  p.emit("application", body);
  p.end();
  return p.verdicts;
}

TEST(LayerArgumentInEffect, AWrapperThatDoesNotKnowTheTimeAxis) {
  // Backwards: sums 11, 22 at step 0 and 10, 20 at step 1.
  EXPECT_EQ(both_ways({1, 11, 2, 22, 11, 10, 22, 20}).agreed[kRule], 1u);
  // The backward sequence comes in the order of its steps, with the batch turned around.
  const auto found = both_ways({1, 20, 2, 10, 11, 22, 22, 11}).of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].claimed, "time_major=true");
}

}  // namespace
}  // namespace kerasan::testing
