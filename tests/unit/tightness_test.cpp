#include <gtest/gtest.h>

#include <algorithm>

#include "reference/catalogue.h"
#include "report/collector.h"

namespace kerasan {
namespace {

TEST(Tightness, CountsRatiosByPowersOfTwoAndKeepsTheLargest) {
  report::Collector collector;
  for (const double ratio : {0.0, 0.75, 0.5, 0.3, 1e-300, 1.0})
    collector.measured("layer-output", "Dense", ratio);
  const report::Tightness& dense = collector.tightness().at({"layer-output", "Dense"});
  EXPECT_EQ(dense.claims, 6U);
  EXPECT_EQ(dense.exact, 1U);
  EXPECT_EQ(dense.largest, 1.0);
  EXPECT_EQ(dense.bins[0], 3U);  // 0.75, 0.5, 1
  EXPECT_EQ(dense.bins[1], 1U);  // 0.3
  EXPECT_EQ(dense.bins[report::Tightness::kBins - 1], 1U);
}

TEST(Catalogue, ListsWhatRegisteredItself) {
  const auto all = reference::catalogue();
  for (const char* kind : {"layers", "losses", "metrics", "optimizers", "schedules"})
    EXPECT_FALSE(all.at(kind).empty()) << kind;
  const auto& layers = all.at("layers");
  EXPECT_NE(std::find(layers.begin(), layers.end(), "Dense"), layers.end());
}

}  // namespace
}  // namespace kerasan
