// batch-logs-one-kind: two batches, whose logs are of the batch, of the epoch, or of both kinds.
#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "batch-logs-one-kind";

// Squared errors 4 and 1, absolute errors 2 and 1.
Collected fit(const Json& logs, int first = 0) {
  Program p;
  p.model("model:1", "mse",
          Json::array({{{"name", "mae"}, {"class", "MeanMetricWrapper"}, {"fn", "mae"}}}));
  p.begin(1, "Model.fit", "model:1");
  for (int batch = 0; batch < 2; ++batch) {
    p.step(1, "model:1", first + batch, p.tensor({1, 1}, {3.0 - batch}), p.tensor({1, 1}, {1}),
           nullptr, {{"phase", "train"}, {"epoch", 0}});
    if (batch == 1) p.emit("batch_logs", {{"call", 1}, {"epoch", 0}, {"logs", logs}});
  }
  return p.verdicts;
}

TEST(BatchLogsOneKind, OfTheBatchOrOfTheEpoch) {
  EXPECT_EQ(fit({{"loss", 1.0}, {"mae", 1.0}}).agreed[kRule], 1u);
  EXPECT_EQ(fit({{"loss", 2.5}, {"mae", 1.5}}).agreed[kRule], 1u);
}

TEST(BatchLogsOneKind, AMixtureIsFound) {
  const auto found = fit({{"loss", 1.0}, {"mae", 1.5}}).of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].message.find("mae 1.5 that of the epoch so far"), std::string::npos);
}

TEST(BatchLogsOneKind, NumbersOfNeitherKindSayNothing) {
  EXPECT_TRUE(fit({{"loss", 7.0}, {"mae", 9.0}}).of(kRule).empty());
}

TEST(BatchLogsOneKind, ABeginningThatWasNotSeen) {
  const auto outcome = fit({{"loss", 1.0}, {"mae", 1.5}}, 3);
  EXPECT_TRUE(outcome.of(kRule).empty());
}

}  // namespace
}  // namespace kerasan::testing
