// epoch-lines, progress-total, progress-values and quiet-when-asked, over one fit or evaluation.
#include <gtest/gtest.h>

#include "../rule_run.h"
#include "checks/progress_text.h"

namespace kerasan::testing {
namespace {

using model::Json;

constexpr char kShown[] = "stdout";

struct Fit {
  std::string api = "Model.fit";
  Json arguments = {{"epochs", 2}, {"verbose", 1}};
  std::vector<std::string> text;
  std::vector<int> steps = {3, 3};
  Json history = {{"loss", {0.25, 0.125}}, {"val_loss", {0.5, 0.375}}};
  std::string stderr_text;
  std::vector<std::vector<double>> losses;  // of the batches of each epoch

  Outcome judge(const std::string& rule) const {
    Json args = Json::object();
    for (const auto& [name, value] : arguments.items())
      args[name] = {{"v", value}, {"given", true}};
    const Json where{{"file", "p.py"}, {"line", 7}};
    std::vector<Json> events{
        {{"kind", "call"}, {"id", 1}, {"api", api}, {"args", args}, {"where", where}}};
    const auto write = [&](const std::string& stream, const std::string& piece) {
      events.push_back({{"kind", "text"},
                        {"stream", stream},
                        {"origin", "framework"},
                        {"call", 1},
                        {"text", piece},
                        {"where", where}});
    };
    for (const auto& piece : text) write(kShown, piece);
    if (!stderr_text.empty()) write("stderr", stderr_text);
    for (std::size_t epoch = 0; epoch < losses.size(); ++epoch)
      for (const double loss : losses[epoch])
        events.push_back({{"kind", "step"},
                          {"call", 1},
                          {"phase", "train"},
                          {"epoch", epoch},
                          {"size", 4},
                          {"logs", {{"loss", loss}}}});
    for (std::size_t epoch = 0; epoch < steps.size(); ++epoch)
      events.push_back({{"kind", "phase"},
                        {"call", 1},
                        {"phase", "train"},
                        {"epoch", epoch},
                        {"validation", false},
                        {"steps", steps[epoch]}});
    events.push_back(
        {{"kind", "return"}, {"id", 1}, {"result", {{"history", history}, {"epoch", {0, 1}}}}});
    return run_rule(rule, events);
  }
};

const std::vector<std::string> kHealthy{
    "Epoch 1/2\n", "\r1/3 [===>...] - ETA: 1s - loss: 0.3000\b\b\b",
    "\r3/3 [=====] - 0s 3ms/step - loss: 0.2500 - val_loss: 0.5000\n", "Epoch 2/2\n",
    "\r3/3 [=====] - 0s 3ms/step - loss: 0.1250 - val_loss: 3.7500e-01\n"};

Fit showing(std::vector<std::string> text) {
  Fit fit;
  fit.text = std::move(text);
  return fit;
}

TEST(EpochLines, EachOnceAndInOrder) {
  EXPECT_EQ(showing(kHealthy).judge("epoch-lines").agreed, 2U);
  Fit later = showing({"Epoch 4/5\n", "Epoch 5/5\n"});
  later.arguments = {{"epochs", 5}, {"initial_epoch", 3}};
  EXPECT_EQ(later.judge("epoch-lines").agreed, 2U);
}

TEST(EpochLines, AnEpochAnnouncedTwice) {
  const auto outcome = showing({"Epoch 1/2\nEpoch 1/2\n", "Epoch 2/2\n"}).judge("epoch-lines");
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].claimed, "Epoch 1/2");
  EXPECT_EQ(outcome.findings[0].recomputed, "Epoch 2/2");
  EXPECT_EQ(outcome.findings[0].where["line"], 7);
}

TEST(ProgressTotal, TheStepsThatWereRun) {
  EXPECT_EQ(showing(kHealthy).judge("progress-total").agreed, 2U);
  Fit fit = showing(kHealthy);
  fit.steps = {3, 4};
  ASSERT_EQ(fit.judge("progress-total").findings.size(), 1U);
}

TEST(ProgressTotal, UnknownWhereTheDatasetKnows) {
  Fit fit = showing({"\r 3/Unknown - 0s 3ms/step - loss: 0.2500\n"});
  fit.arguments["x"] = {{"$object", "BatchDataset"}, {"config", {{"cardinality", 3}}}};
  EXPECT_EQ(fit.judge("progress-total").findings.size(), 1U);
  fit.arguments["x"]["config"]["cardinality"] = -2;
  EXPECT_EQ(fit.judge("progress-total").findings.size(), 0U);
}

TEST(ProgressTotal, AnEarlyEndIsNoLie) {
  Fit fit = showing({"Epoch 1/2\n\r2/3 [==>..] - 0s 3ms/step - loss: 0.2500\n"});
  fit.steps = {2};
  EXPECT_EQ(fit.judge("progress-total").findings.size(), 1U);
  fit.stderr_text = "WARNING:tensorflow:Your input ran out of data; interrupting training.\n";
  EXPECT_EQ(fit.judge("progress-total").skipped, 1U);
}

TEST(ProgressTotal, ABarThatIsFilledAfterACallbackMayHaveStoppedIsNotChecked) {
  Fit fit = showing(kHealthy);
  fit.steps = {3, 2};
  EXPECT_EQ(fit.judge("progress-total").findings.size(), 1U);
  fit.arguments["callbacks"] = Json::array({{{"$object", "keras.callbacks.TerminateOnNaN"}}});
  EXPECT_TRUE(fit.judge("progress-total").findings.empty());
  EXPECT_EQ(fit.judge("progress-total").skipped, 1U);
}

TEST(ProgressValues, TheNumbersOfTheHistory) {
  EXPECT_EQ(showing(kHealthy).judge("progress-values").agreed, 4U);
  Fit fit = showing(kHealthy);
  fit.history["val_loss"][1] = 0.3749;
  ASSERT_EQ(fit.judge("progress-values").findings.size(), 1U);
}

TEST(ProgressValues, NumbersOfTrainingAreTheHistorysOrAverages) {
  Fit fit = showing(kHealthy);
  fit.history["loss"] = {0.2, 0.1};
  EXPECT_TRUE(fit.judge("progress-values").findings.empty());  // batches not known
  fit.losses = {{0.3, 0.3, 0.15}, {0.15, 0.15, 0.1}};          // 0.25; 0.125 with the last again
  EXPECT_EQ(fit.judge("progress-values").agreed, 4U);
  fit.losses[1][0] = 0.17;
  EXPECT_EQ(fit.judge("progress-values").findings.size(), 1U);
  fit.arguments["callbacks"] = Json::array({{{"$object", "p.Own"}, {"builtin", false}}});
  EXPECT_TRUE(fit.judge("progress-values").findings.empty());
}

TEST(ProgressValues, NamesThatAreNotTheHistorys) {
  Fit fit = showing({"\r3/3 [=====] - 0s 3ms/step - loss: 0.2500 - los: 0.2500\n"});
  ASSERT_EQ(fit.judge("progress-values").findings.size(), 1U);
  EXPECT_EQ(fit.judge("progress-values").findings[0].claimed, "los");
  fit.text = {"\r3/3 [=====] - 0s 3ms/step - val_loss: 0.5000 - val_loss: 0.5000\n"};
  EXPECT_EQ(fit.judge("progress-values").findings.size(), 1U);
}

TEST(ProgressValues, EpochsThatAreNotToldApart) {
  Fit fit = showing({"Epoch 1/2\nEpoch 1/2\n", kHealthy[2], "Epoch 2/2\nEpoch 1/2\n", kHealthy[4]});
  EXPECT_TRUE(fit.judge("progress-values").findings.empty());
}

TEST(QuietWhenAsked, NothingIsShown) {
  Fit fit = showing({});
  fit.arguments["verbose"] = 0;
  EXPECT_EQ(fit.judge("quiet-when-asked").agreed, 1U);
  fit.text = kHealthy;
  EXPECT_EQ(fit.judge("quiet-when-asked").findings.size(), 1U);
  fit.arguments["callbacks"] = Json::array({{{"$object", "keras.callbacks.ProgbarLogger"}}});
  EXPECT_EQ(fit.judge("quiet-when-asked").skipped, 1U);
}

TEST(ProgressText, ValuesAndUnits) {
  const auto line = checks::parse_progress(
      "\x1b[1m5/5\x1b[0m \x1b[32m\u2501\u2501\x1b[0m\x1b[37m\x1b[0m \x1b[1m1s\x1b[0m 182ms/step - "
      "loss: 0.2135 - my metric: 1.5e-05");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->unit, "step");
  ASSERT_EQ(line->values.size(), 2U);
  EXPECT_EQ(line->values[1].name, "my metric");
  EXPECT_NEAR(line->values[1].rounding, 0.5e-6, 1e-12);
  EXPECT_FALSE(checks::parse_epoch_header("Epoch 00003: loss improved from inf to 1"));
}

}  // namespace
}  // namespace kerasan::testing
