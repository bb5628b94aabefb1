#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

constexpr char kRule[] = "evaluation-weighted-mean";

const Json kAccuracy = {{{"name", "accuracy"},
                         {"class", "MeanMetricWrapper"},
                         {"fn", nullptr},
                         {"config", Json::object()},
                         {"output", nullptr},
                         {"weighted", false}}};

// Squared errors 1, 1, 1, 1 | 9: 2.6 over all five rows, 5 as the plain mean of two batches.
void two_batches(Program& p, const Json& result) {
  p.model("model:1", "mse", Json::array());
  p.begin(1, "Model.evaluate", "model:1");
  p.step(1, "model:1", 0, p.tensor({4, 1}, {1, 2, 3, 4}), p.tensor({4, 1}, {2, 3, 4, 5}));
  p.step(1, "model:1", 1, p.tensor({1, 1}, {1}), p.tensor({1, 1}, {4}));
  p.finish(1, "model:1", result);
}

TEST(EvaluationWeightedMean, AcceptsTheMeanOverAllRows) {
  Program p;
  two_batches(p, 2.5999999046);
  EXPECT_TRUE(p.verdicts.of(kRule).empty());
  EXPECT_EQ(p.verdicts.agreed[kRule], 1u);
}

TEST(EvaluationWeightedMean, FindsThePlainMeanOfBatches) {
  Program p;
  two_batches(p, 5.0);
  const auto found = p.verdicts.of(kRule);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].message.find("plain mean of the batch values"), std::string::npos)
      << found[0].message;
  EXPECT_NEAR(found[0].recomputed["loss"].get<double>(), 2.6, 1e-12);
}

TEST(EvaluationWeightedMean, FindsASmallDisagreement) {
  Program p;
  two_batches(p, 2.601);
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
}

TEST(EvaluationWeightedMean, IncompleteRecordingIsNotChecked) {
  Program p;
  p.model("model:1", "mse", Json::array());
  p.begin(1, "Model.evaluate", "model:1");
  p.step(1, "model:1", 0, p.tensor({1, 1}, {1}), nullptr);
  p.finish(1, "model:1", 3.0);
  EXPECT_TRUE(p.verdicts.found.empty());
  EXPECT_EQ(p.verdicts.reasons[kRule].size(), 1u);
}

TEST(EvaluationWeightedMean, UnknownLossIsNamed) {
  Program p;
  p.model("model:1", {{"$function", "__main__.mse"}}, Json::array());
  p.begin(1, "Model.evaluate", "model:1");
  p.step(1, "model:1", 0, p.tensor({1, 1}, {1}), p.tensor({1, 1}, {2}));
  p.finish(1, "model:1", 3.0);
  ASSERT_EQ(p.verdicts.reasons[kRule].size(), 1u);
  EXPECT_NE(p.verdicts.reasons[kRule][0].find("__main__.mse"), std::string::npos);
}

void weighted(Program& p, double result) {
  p.model("model:1", "mse", Json::array());
  p.begin(1, "Model.evaluate", "model:1");
  p.step(1, "model:1", 0, p.tensor({2, 1}, {0, 0}), p.tensor({2, 1}, {1, 2}),
         p.tensor({2}, {1, 3}));
  p.finish(1, "model:1", result);
}

TEST(EvaluationWeightedMean, SampleWeightsHaveTwoDocumentedNormalisations) {
  for (double accepted : {6.5, 3.25}) {  // (1 + 12) / rows, / sum of weights
    Program p;
    weighted(p, accepted);
    EXPECT_TRUE(p.verdicts.found.empty()) << accepted;
  }
  Program p;
  weighted(p, 2.5);  // weights ignored
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
}

void sparse(Program& p, const Json& result) {
  p.model("model:1", "sparse_categorical_crossentropy", kAccuracy);
  p.begin(1, "Model.evaluate", "model:1");
  p.step(1, "model:1", 0, p.tensor({2, 1}, {0, 1}), p.tensor({2, 2}, {0.75, 0.25, 0.5, 0.5}));
  p.step(1, "model:1", 1, p.tensor({1, 1}, {1}), p.tensor({1, 2}, {0.25, 0.75}));
  p.finish(1, "model:1", result);
}

TEST(EvaluationWeightedMean, ATieMayCountEitherWay) {
  for (double accuracy : {2.0 / 3, 1.0}) {
    Program p;
    sparse(p, {0.4228361, accuracy});
    EXPECT_TRUE(p.verdicts.found.empty()) << p.verdicts.found[0].message;
  }
  Program p;
  sparse(p, {0.4228361, 1.0 / 3});
  EXPECT_EQ(p.verdicts.of(kRule).size(), 1u);
}

// Hits among the scores above a half: 1 of 2 and 1 of 1; 2 of 3 over all rows.
void precision(Program& p, double result) {
  const Json metric = {{{"name", "precision"},
                        {"class", "Precision"},
                        {"fn", nullptr},
                        {"config", {{"thresholds", nullptr}}},
                        {"output", nullptr},
                        {"weighted", false}}};
  p.model("model:1", "mse", metric);
  p.begin(1, "Model.evaluate", "model:1");
  p.step(1, "model:1", 0, p.tensor({2, 1}, {1, 0}), p.tensor({2, 1}, {0.9, 0.8}));
  p.step(1, "model:1", 1, p.tensor({2, 1}, {1, 1}), p.tensor({2, 1}, {0.2, 0.7}));
  p.finish(1, "model:1", {0.345, result});
}

TEST(EvaluationWeightedMean, FollowsAMetricThatCountsOverAllRows) {
  Program right, wrong;
  precision(right, 2.0 / 3);
  EXPECT_TRUE(right.verdicts.of(kRule).empty());
  EXPECT_EQ(right.verdicts.agreed[kRule], 2u);
  precision(wrong, 0.75);  // the mean of the batches' values
  EXPECT_EQ(wrong.verdicts.of(kRule).size(), 1u);
}

// Two outputs by names that are not those of the layers: squared errors 1 and 4, weights 1 and 0.5.
void named_outputs(Program& p, double result, const Json& loss) {
  p.emit(
      "model",
      {{"id", "model:1"},
       {"when", "call"},
       {"class", "Functional"},
       {"builtin", true},
       {"layers", Json::array()},
       {"outputs", {{"layer:2", 0, 0}, {"layer:1", 0, 0}}},
       {"origin", nullptr},
       {"compile",
        {{"loss", loss}, {"loss_weights", {{"b", 1.0}, {"a", 0.5}}}, {"metrics", Json::array()}}}});
  p.begin(1, "Model.evaluate", "model:1");
  p.step(1, "model:1", 0, {{"a", p.tensor({1, 1}, {1})}, {"b", p.tensor({1, 1}, {3})}},
         {{"b", p.tensor({1, 1}, {4})}, {"a", p.tensor({1, 1}, {3})}});
  p.finish(1, "model:1", {{"loss", result}});
}

TEST(EvaluationWeightedMean, OutputsByNameCountEachWithItsOwnLossAndWeight) {
  const Json loss{{"a", "mse"}, {"b", "mse"}};
  Program right, wrong, renamed, listed;
  named_outputs(right, 3.0, loss);
  EXPECT_TRUE(right.verdicts.of(kRule).empty());
  EXPECT_EQ(right.verdicts.agreed[kRule], 1u);
  named_outputs(wrong, 1.0, loss);  // that of one output
  EXPECT_EQ(wrong.verdicts.of(kRule).size(), 1u);
  named_outputs(renamed, 1.0, {{"a", "mse"}, {"other", "mse"}});
  named_outputs(listed, 1.0, Json::array({"mse", "mae"}));
  for (Program* p : {&renamed, &listed}) {
    EXPECT_TRUE(p->verdicts.of(kRule).empty());
    EXPECT_FALSE(p->verdicts.reasons[kRule].empty());
  }
}

TEST(EvaluationWeightedMean, ValidationIsReadFromTheHistory) {
  for (double claimed : {1.0, 1.5}) {
    Program p;
    p.model("model:1", "mae", Json::array());
    p.begin(1, "Model.fit", "model:1");
    p.step(1, "model:1", 0, p.tensor({1, 1}, {1}), p.tensor({1, 1}, {2}), nullptr,
           {{"validation", true}});
    p.finish(1, "model:1",
             {{"history", {{"loss", {0.1}}, {"val_loss", {claimed}}}}, {"epoch", {0}}}, true);
    EXPECT_EQ(p.verdicts.of(kRule).size(), claimed == 1.0 ? 0u : 1u);
  }
}

TEST(EvaluationWeightedMean, ClassWeightsAreForTrainingOnly) {
  Program p;
  p.model("model:1", "mae", Json::array());
  p.begin(1, "Model.fit_generator", "model:1",
          {{"class_weight", {{"v", {{"0", 2}}}, {"given", true}}}});
  p.step(1, "model:1", 0, p.tensor({1, 1}, {1}), p.tensor({1, 1}, {2}), p.tensor({1}, {2}),
         {{"validation", true}});
  p.finish(1, "model:1", {{"history", {{"val_loss", {1.5}}}}, {"epoch", {0}}}, true);
  EXPECT_TRUE(p.verdicts.found.empty());
  ASSERT_EQ(p.verdicts.reasons[kRule].size(), 1u);
}

void without_predictions(Program& p, double result, const Json& weight = nullptr) {
  p.model("model:1", "mse", Json::array());
  p.begin(1, "Model.evaluate", "model:1");
  for (int k = 0; k < 2; ++k)
    p.step(1, "model:1", k, p.tensor({2, 1}, {0, 0}), nullptr, weight,
           {{"size", k == 0 ? 3 : 1},
            {"logs_are", "batch"},
            {"logs", {{"loss", k == 0 ? 1.0 : 5.0}}}});
  p.finish(1, "model:1", result);
}

TEST(EvaluationWeightedMean, LoggedBatchLossesStandInForPredictions) {
  for (double claimed : {2.0, 3.0}) {  // (3 * 1 + 5) / 4, or the plain mean
    Program p;
    without_predictions(p, claimed);
    EXPECT_EQ(p.verdicts.of(kRule).size(), claimed == 2.0 ? 0u : 1u);
    EXPECT_EQ(p.verdicts.agreed[kRule], claimed == 2.0 ? 1u : 0u);
  }
  Program p;
  without_predictions(p, 3, p.tensor({1}, {1}));  // weights of unknown normalisation
  EXPECT_EQ(p.verdicts.reasons[kRule].size(), 1u);
}

}  // namespace
}  // namespace kerasan::testing
