#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "metric-value";

// The one update of an event.
Json update(const Json& y_true, const Json& y_pred) {
  Json one{{"y_true", y_true}, {"y_pred", y_pred}, {"sample_weight", nullptr}};
  return Json::array({one});
}

void tell(Program& p, const std::string& cls, const Json& config, const Json& updates,
          const Json& result, bool reset = true, bool complete = true) {
  p.emit("metric_value", {{"metric", "metric:1"},
                          {"class", cls},
                          {"builtin", true},
                          {"config", config},
                          {"dtype", "float32"},
                          {"reset", reset},
                          {"complete", complete},
                          {"updates", updates},
                          {"result", result},
                          {"where", {{"file", "train.py"}, {"line", 3}}}});
}

// Each case holds with the right value and is a finding with the wrong one.
void expect(const std::string& cls, const Json& config, const std::vector<double>& y_true,
            const std::vector<double>& y_pred, const Shape& shape, double right, double wrong) {
  for (double claimed : {right, wrong}) {
    Program p;
    tell(p, cls, config, update(p.tensor(shape, y_true), p.tensor(shape, y_pred)), claimed);
    EXPECT_EQ(p.verdicts.agreed[kRule], claimed == right ? 1u : 0u) << cls << " " << claimed;
    EXPECT_EQ(p.verdicts.of(kRule).size(), claimed == right ? 0u : 1u) << cls << " " << claimed;
  }
}

TEST(MetricValue, DocumentedExamples) {
  expect("AUC", {{"num_thresholds", 3}}, {0, 0, 1, 1}, {0, 0.4, 0.3, 0.9}, {4}, 0.75, 0.8);
  expect("Precision", {}, {0, 1, 1, 1}, {1, 0, 1, 1}, {4}, 2.0 / 3, 0.75);
  expect("RecallAtPrecision", {{"precision", 0.8}}, {0, 0, 1, 1}, {0, 0.51, 0.31, 0.91}, {4}, 0.5,
         1.0);
  expect("R2Score", {}, {1, 4, 3}, {2, 4, 4}, {3, 1}, 0.57142857, 0.5715);
  expect("IoU", {{"num_classes", 2}, {"target_class_ids", {0}}}, {0, 0, 1, 1}, {0, 1, 0, 1}, {4},
         1.0 / 3, 0.5);
  expect("PearsonCorrelation", {}, {0, 1, 0.5, 1, 1, 0.2}, {0.1, 0.9, 0.5, 1, 0.9, 0.2}, {2, 3},
         0.99669963, 0.998);
  expect("ConcordanceCorrelation", {}, {0, 1, 0.5, 1, 1, 0.2}, {0.1, 0.9, 0.5, 1, 0.9, 0.2}, {2, 3},
         0.98163204, 0.998);
  // 2e-7 added to a divisor of 2.5e-3
  expect("ConcordanceCorrelation", {}, {0.62, 0.57}, {0.62, 0.57}, {1, 2}, 0.99992, 0.99);
}

TEST(MetricValue, IouOfASmallWeightHasEpsilonInItsDivisors) {
  Program p;
  Json updates = update(p.tensor({1}, {0}), p.tensor({1}, {0}));
  updates[0]["sample_weight"] = p.tensor({1}, {0.13956898});
  tell(p, "MeanIoU", {{"num_classes", 2}}, updates, 0.9999991);
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  tell(p, "MeanIoU", {{"num_classes", 2}}, updates, 0.999998);
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
}

TEST(MetricValue, AdjustedR2OfTheOneColumn) {  // 1 - (1 - 0.2) * 3 / 2
  Program p;
  const Json y = p.tensor({4, 1}, {1, 2, 3, 4}), q = p.tensor({4, 1}, {3, 2, 3, 4});
  const Json config{{"class_aggregation", nullptr}, {"num_regressors", 1}};
  tell(p, "R2Score", config, update(y, q), p.tensor({1}, {-0.2}));
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  tell(p, "R2Score", config, update(y, q), p.tensor({1}, {0.2}));
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
}

TEST(MetricValue, FBetaOfEachClass) {
  Program p;
  const Json y = p.tensor({3, 3}, {1, 1, 1, 1, 0, 0, 1, 1, 0});
  const Json q = p.tensor({3, 3}, {0.2, 0.6, 0.7, 0.2, 0.6, 0.6, 0.6, 0.8, 0});
  const Json config{{"beta", 2.0}, {"threshold", 0.5}, {"average", nullptr}};
  tell(p, "FBetaScore", config, update(y, q), p.tensor({3}, {0.3846154, 0.90909094, 0.8333334}));
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
  tell(p, "FBetaScore", config, update(y, q), p.tensor({3}, {0.3846154, 0.9, 0.8333334}));
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
}

TEST(MetricValue, GoesOnOverEventsUntilItIsReset) {
  Program p;
  const Json one = p.tensor({1}, {1}), five = p.tensor({1}, {5});
  tell(p, "Mean", Json::object(), update(nullptr, one), 1.0);
  tell(p, "Mean", Json::object(), update(nullptr, five), 3.0, false);
  tell(p, "Mean", Json::object(), update(nullptr, five), 5.0);
  EXPECT_EQ(p.verdicts.agreed[kRule], 3u);
  tell(p, "Mean", Json::object(), Json::array(), 5.0, false, false);
  EXPECT_EQ(p.verdicts.reasons[kRule].size(), 1u);
}

}  // namespace
}  // namespace kerasan::testing
