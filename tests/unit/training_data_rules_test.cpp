// epochs-reshuffled, class-weight-applied and row-weights-multiplied.
#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kShuffled[] = "epochs-reshuffled";

Json rows_from(Program& p, double first, std::int64_t rows = 5) {
  std::vector<double> values;
  for (std::int64_t row = 0; row < rows; ++row) values.push_back(first + static_cast<double>(row));
  return p.tensor({rows, 1}, values);
}

// Two epochs of batches, each told by its first row.
Collected fit(const Json& arguments, const std::vector<std::vector<double>>& epochs,
              std::int64_t rows = 5) {
  Program p;
  Json args = Json::object();
  for (const auto& [name, value] : arguments.items()) args[name] = {{"v", value}, {"given", true}};
  p.emit("call", {{"id", 1},
                  {"api", "Model.fit"},
                  {"args", args},
                  {"where", {{"file", "p.py"}, {"line", 4}}}});
  std::int64_t index = 0;
  for (const auto& epoch : epochs) {
    for (const double first : epoch)
      p.emit("step", {{"call", 1},
                      {"model", "model:1"},
                      {"phase", "train"},
                      {"index", index++},
                      {"x", rows_from(p, first, rows)}});
    p.emit("phase", {{"call", 1},
                     {"model", "model:1"},
                     {"phase", "train"},
                     {"validation", false},
                     {"steps", epoch.size()}});
  }
  return p.verdicts;
}

const Json kArray{{"$array", {{"shape", {10, 1}}, {"dtype", "float32"}}}};
Json dataset(const Json& shuffle) {
  return {{"$object", "tensorflow.BatchDataset"}, {"config", {{"shuffle", shuffle}}}};
}

TEST(EpochsReshuffled, DatasetsThatShuffle) {
  const Json anew = dataset({{"reshuffles", true}, {"buffer", 100}});
  EXPECT_EQ(fit({{"x", anew}}, {{0, 5}, {5, 0}}).agreed[kShuffled], 1u);
  ASSERT_EQ(fit({{"x", anew}}, {{0, 5}, {0, 5}}).of(kShuffled).size(), 1u);
  EXPECT_TRUE(fit({{"x", anew}}, {{0, 5}, {0, 5}}, 2).of(kShuffled).empty());
  EXPECT_TRUE(fit({{"x", dataset(nullptr)}}, {{0, 5}, {0, 5}}).of(kShuffled).empty());
}

TEST(EpochsReshuffled, Arrays) {
  const auto arrays = [](bool shuffle, std::vector<double> second) {
    return fit({{"x", kArray}, {"shuffle", shuffle}}, {{0, 5}, std::move(second)});
  };
  EXPECT_EQ(arrays(true, {5, 0}).agreed[kShuffled], 1u);
  EXPECT_EQ(arrays(false, {0, 5}).agreed[kShuffled], 1u);
  EXPECT_EQ(arrays(true, {0, 5}).of(kShuffled).size(), 1u);
  EXPECT_EQ(arrays(false, {5, 0}).of(kShuffled).size(), 1u);
}

constexpr char kWeights[] = "class-weight-applied";

Collected weighted(Shape shape, const std::vector<double>& y, const std::vector<double>& weights,
                   const std::string& adapter = "keras2", bool arrays = true) {
  Program p;
  p.emit("framework", {{"adapter", adapter}});
  const Json classes{{"$dict", {{0, 1.0}, {1, 5.0}}}};
  const Json given = arrays ? Json{{"$array", {{"shape", shape}}}} : Json();
  p.emit("call", {{"id", 1},
                  {"api", "Model.fit"},
                  {"args", {{"class_weight", {{"v", classes}}}, {"y", {{"v", given}}}}}});
  const auto n = static_cast<std::int64_t>(weights.size());
  p.emit("step", {{"call", 1},
                  {"model", "model:1"},
                  {"phase", "train"},
                  {"index", 0},
                  {"y", p.tensor(std::move(shape), y)},
                  {"sample_weight", n == 0 ? Json() : p.tensor({n}, weights)}});
  return p.verdicts;
}

TEST(ClassWeightApplied, WeightsOfTheRows) {
  EXPECT_EQ(weighted({3, 1}, {0, 1, 1}, {1, 5, 5}).agreed[kWeights], 1u);
  EXPECT_EQ(weighted({2, 2}, {0, 1, 1, 0}, {5, 1}).agreed[kWeights], 1u);
  EXPECT_EQ(weighted({3, 1}, {0, 1, 1}, {1, 5, 1}).of(kWeights).size(), 1u);
}

TEST(ClassWeightApplied, NoWeightsAtAll) {
  EXPECT_EQ(weighted({3, 1}, {0, 1, 1}, {}).of(kWeights).size(), 1u);
  EXPECT_EQ(weighted({2, 1}, {0, 0}, {}).agreed[kWeights], 1u);
  // Where a batch without weights does not show that none is applied.
  EXPECT_TRUE(weighted({3, 1}, {0, 1, 1}, {}, "tf1").of(kWeights).empty());
}

TEST(ClassWeightApplied, ADatasetMayWeighItself) {
  EXPECT_TRUE(weighted({2, 1}, {0, 1}, {1, 9}, "keras2", false).of(kWeights).empty());
}

TEST(ClassWeightApplied, TargetsThatAreNoClasses) {
  EXPECT_TRUE(weighted({2, 2}, {0.5, 0.5, 1, 0}, {1, 1}).of(kWeights).empty());
  EXPECT_TRUE(weighted({2, 1}, {0, 7}, {1, 1}).of(kWeights).empty());
}

constexpr char kProducts[] = "row-weights-multiplied";

Collected products(const std::vector<double>& y, const std::vector<double>& weights) {
  Program p;
  const Json classes{{"$dict", {{0, 0.5}, {1, 5.0}}}};
  const Json given = p.tensor({3}, {1, 3, 1});
  p.emit("call",
         {{"id", 1},
          {"api", "Model.fit"},
          {"args", {{"class_weight", {{"v", classes}}}, {"sample_weight", {{"v", given}}}}}});
  const auto n = static_cast<std::int64_t>(weights.size());
  p.emit("step", {{"call", 1},
                  {"model", "model:1"},
                  {"phase", "train"},
                  {"index", 0},
                  {"y", p.tensor({n, 1}, y)},
                  {"sample_weight", p.tensor({n}, weights)}});
  return p.verdicts;
}

TEST(RowWeightsMultiplied, ProductsOfBothWeights) {
  EXPECT_EQ(products({0, 1, 1}, {1.5, 5, 15}).agreed[kProducts], 1u);
  const auto zero = products({0, 1, 1}, {0, 5, 15}).of(kProducts);
  ASSERT_EQ(zero.size(), 1u);
  EXPECT_DOUBLE_EQ(zero[0].recomputed.get<double>(), 0.5);
  EXPECT_EQ(products({0, 1, 1}, {0.5, 5, 1}).of(kProducts).size(), 1u);
}

TEST(RowWeightsMultiplied, WhatIsNotKnown) {
  EXPECT_TRUE(products({0.25, 1, 1}, {0, 5, 15}).of(kProducts).empty());
  EXPECT_TRUE(products({0, 7, 1}, {0.5, 5, 15}).of(kProducts).empty());
  EXPECT_EQ(weighted({2, 1}, {0, 1}, {0, 0}).agreed[kProducts], 0u);
}

}  // namespace
}  // namespace kerasan::testing
