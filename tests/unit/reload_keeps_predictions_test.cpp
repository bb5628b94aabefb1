#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

void models(Program& p) {
  p.model("model:1", "mse", Json::array());
  p.model("model:2", "mse", Json::array(),
          {{"path", "m.h5"}, {"call", 2}, {"saved_as", "model:1"}});
}

void predict(Program& p, int call, const std::string& model, double first) {
  p.begin(call, "Model.evaluate", model);
  p.step(call, model, 0, p.tensor({2, 1}, {0, 1}), p.tensor({2, 1}, {first, 3.5}));
  p.finish(call, model, {1.0});
}

std::size_t found(const Program& p) {
  std::size_t count = 0;
  for (const auto& finding : p.verdicts.found) count += finding.rule == "reload-keeps-predictions";
  return count;
}

TEST(ReloadKeepsPredictions, EqualPredictionsAgree) {
  Program p;
  models(p);
  predict(p, 1, "model:1", 2.5);
  predict(p, 3, "model:2", 2.5);
  EXPECT_EQ(found(p), 0u);
  EXPECT_EQ(p.verdicts.agreed["reload-keeps-predictions"], 1u);
}

TEST(ReloadKeepsPredictions, OtherPredictionsAreFoundInEitherOrder) {
  for (const bool loaded_first : {false, true}) {
    Program p;
    models(p);
    predict(p, 1, loaded_first ? "model:2" : "model:1", 2.5);
    predict(p, 3, loaded_first ? "model:1" : "model:2", 2.75);
    EXPECT_EQ(found(p), 1u);
  }
}

TEST(ReloadKeepsPredictions, AnotherModelIsNotCompared) {
  Program p;
  models(p);
  p.model("model:3", "mse", Json::array());
  predict(p, 1, "model:1", 2.5);
  predict(p, 3, "model:3", 2.75);
  EXPECT_EQ(found(p), 0u);
  EXPECT_EQ(p.verdicts.agreed["reload-keeps-predictions"], 0u);
}

}  // namespace
}  // namespace kerasan::testing
