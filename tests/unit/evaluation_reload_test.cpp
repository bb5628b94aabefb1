#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

const Json kAccuracy = {{{"name", "accuracy"},
                         {"class", "MeanMetricWrapper"},
                         {"fn", nullptr},
                         {"config", Json::object()},
                         {"output", nullptr},
                         {"weighted", false}}};

// Both rows are right as sparse categorical accuracy; the loss is log 2 - log 1.5.
void evaluate(Program& p, int call, const std::string& model, double accuracy) {
  p.begin(call, "Model.evaluate", model);
  p.step(call, model, 0, p.tensor({2, 1}, {0, 1}), p.tensor({2, 2}, {0.75, 0.25, 0.25, 0.75}));
  p.finish(call, model, {0.28768207, accuracy});
}

void models(Program& p) {
  p.model("model:1", "sparse_categorical_crossentropy", kAccuracy);
  p.model("model:2", "sparse_categorical_crossentropy", kAccuracy,
          {{"path", "m.h5"}, {"call", 2}, {"saved_as", "model:1"}});
}

TEST(ReloadKeepsEvaluation, EqualValuesAgree) {
  Program p;
  models(p);
  evaluate(p, 1, "model:1", 1.0);
  evaluate(p, 3, "model:2", 1.0);
  p.end();
  EXPECT_TRUE(p.verdicts.found.empty());
  EXPECT_EQ(p.verdicts.agreed["reload-keeps-evaluation"], 2u);
  EXPECT_EQ(p.verdicts.agreed["reload-metric-meaning"], 1u);
}

TEST(ReloadKeepsEvaluation, NamesTheMetricThatChangedAndIsTheOnlyReport) {
  Program p;
  models(p);
  evaluate(p, 1, "model:1", 1.0);
  evaluate(p, 3, "model:2", 0.5);
  p.end();
  ASSERT_EQ(p.verdicts.found.size(), 1u);
  EXPECT_EQ(p.verdicts.found[0].rule, "reload-keeps-evaluation");
  EXPECT_TRUE(p.verdicts.found[0].claimed.contains("accuracy"));
}

TEST(ReloadKeepsEvaluation, ARecompiledModelIsNotCompared) {
  Program p;
  models(p);
  evaluate(p, 1, "model:1", 1.0);
  p.begin(2, "Model.compile", "model:2");
  evaluate(p, 3, "model:2", 0.5);
  p.end();
  EXPECT_TRUE(p.verdicts.found.empty());
}

TEST(ReloadMetricMeaning, FindsAnotherMeaningWithoutAnEvaluationBefore) {
  Program p;
  models(p);
  evaluate(p, 3, "model:2", 0.5);
  p.end();
  ASSERT_EQ(p.verdicts.found.size(), 1u);
  EXPECT_EQ(p.verdicts.found[0].rule, "reload-metric-meaning");
  EXPECT_NE(p.verdicts.found[0].message.find("sparse_categorical_accuracy"), std::string::npos);
}

TEST(ReloadMetricMeaning, TheSameMeaningAgrees) {
  Program p;
  models(p);
  evaluate(p, 3, "model:2", 1.0);
  p.end();
  EXPECT_TRUE(p.verdicts.found.empty());
  EXPECT_EQ(p.verdicts.agreed["reload-metric-meaning"], 1u);
}

}  // namespace
}  // namespace kerasan::testing
