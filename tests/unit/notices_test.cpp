// own-deprecation and warning-is-true.
#include <gtest/gtest.h>

#include "../rule_run.h"
#include "checks/notice_text.h"

namespace kerasan::testing {
namespace {

using model::Json;

constexpr char kOwn[] =
    "WARNING:tensorflow:From "
    "/v/lib/python3.7/site-packages/tensorflow/python/ops/math_ops.py:3066: "
    "to_int32 (from tensorflow.python.ops.math_ops) is deprecated and will be removed in a future "
    "version.\nInstructions for updating:\nUse tf.cast instead.\n";
constexpr char kTheirs[] =
    "WARNING:tensorflow:From /home/u/train.py:6: to_int32 (from tensorflow.python.ops.math_ops) is "
    "deprecated and will be removed in a future version.\n";
constexpr char kWarned[] =
    "/v/lib/python3.7/site-packages/tensorflow/python/keras/engine/training.py:2325: UserWarning: "
    "`Model.state_updates` will be removed in a future version. As `updates` are applied.\n  "
    "warn(\n";

Json text(const std::string& what, const Json& named = nullptr) {
  return {{"kind", "text"}, {"stream", "stderr"},        {"origin", "framework"},
          {"call", 1},      {"named_by_program", named}, {"text", what}};
}

Outcome judge(const std::string& rule, const Json& args, std::vector<Json> inside,
              const std::string& api = "Model.fit", const Json& result = nullptr) {
  std::vector<Json> events{{{"kind", "call"},
                            {"id", 1},
                            {"api", api},
                            {"self", "model:1"},
                            {"args", args},
                            {"where", {{"file", "p.py"}, {"line", 7}}}}};
  for (auto& event : inside) events.push_back(std::move(event));
  events.push_back({{"kind", "return"}, {"id", 1}, {"result", result}});
  return run_rule(rule, events);
}

TEST(OwnDeprecation, ToldOnceForAProgram) {
  const auto outcome = judge("own-deprecation", Json::object(),
                             {text(kOwn), text(kOwn), text(kWarned, false)}, "Model.save");
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].evidence["deprecated"].size(), 2U);
  EXPECT_EQ(outcome.findings[0].impact, 1);
}

TEST(OwnDeprecation, TheProgramsOwnDoing) {
  const auto outcome =
      judge("own-deprecation", Json::object(), {text(kTheirs), text(kWarned, true)});
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.agreed, 2U);
  EXPECT_EQ(judge("own-deprecation", Json::object(), {text(kWarned)}).skipped, 1U);
}

TEST(WarningIsTrue, WeightsThatWereGiven) {
  const std::string warning = "WARNING:tensorflow:sample_weight modes were coerced from\n  ...\n";
  const Json given{{"class_weight", {{"v", {1, 2}}, {"given", true}}}};
  const Json step{{"kind", "step"}, {"call", 1}, {"sample_weight", nullptr}};
  EXPECT_EQ(judge("warning-is-true", given, {text(warning), step}).agreed, 1U);
  EXPECT_EQ(judge("warning-is-true", Json::object(), {text(warning)}).skipped, 1U);
  // Once for a program, however often it is shown.
  EXPECT_EQ(judge("warning-is-true", Json::object(), {text(warning), text(warning), step})
                .findings.size(),
            1U);
}

TEST(WarningIsTrue, DataThatRanOut) {
  const auto ran = [](int steps) {
    return judge("warning-is-true", Json::object(),
                 {{{"kind", "phase"}, {"call", 1}, {"phase", "train"}, {"steps", steps}},
                  text("Your input ran out of data; interrupting training. Make sure that it can "
                       "generate enough batches (in this case, 10 batches).\n")});
  };
  EXPECT_EQ(ran(7).agreed, 1U);
  EXPECT_EQ(ran(10).findings.size(), 1U);
  EXPECT_EQ(ran(0).skipped, 1U);
}

TEST(WarningIsTrue, AMetricInTheLogs) {
  const std::string warning =
      "Early stopping conditioned on metric `val_loss` which is not available. Available metrics "
      "are: loss\n";
  const Json history{{"epoch", {0, 1}}, {"history", {{"loss", {1, 2}}, {"val_loss", {1, 2}}}}};
  EXPECT_EQ(judge("warning-is-true", Json::object(), {text(warning)}, "Model.fit", history)
                .findings.size(),
            1U);
  Json without = history;
  without["history"].erase("val_loss");
  EXPECT_EQ(judge("warning-is-true", Json::object(), {text(warning)}, "Model.fit", without).agreed,
            1U);
}

TEST(WarningIsTrue, ShapesThatDiffer) {
  const auto told = [](const std::string& given) {
    return judge("warning-is-true", Json::object(),
                 {text("Model was constructed with shape (None, 3) for input Tensor(\"i:0\", "
                       "shape=(None, 3)), but it was called on an input with incompatible shape " +
                       given + ".\n")});
  };
  EXPECT_EQ(told("(32, 5)").agreed, 1U);
  EXPECT_EQ(told("(None, 3)").findings.size(), 1U);
}

TEST(NoticeText, FrameworkPaths) {
  EXPECT_EQ(checks::framework_path("/v/site-packages/tensorflow_core/python/a.py"),
            "tensorflow_core/python/a.py");
  EXPECT_FALSE(checks::framework_path("/home/u/keras/train.py"));
  EXPECT_EQ(checks::between_quotes("a `b` and `c`", 1), "c");
}

TEST(WarningIsTrue, AGraphThatHasNoCycle) {
  const auto trained = [](const std::string& cls) {
    Json line = text(
        "2020-05-01 10:00:00.1: E core/meta_optimizer.cc:561] remapper failed: "
        "node 'a/concat' has self cycle fanin 'a/concat'.");
    line["stream"] = "native";
    const Json model{{"kind", "model"},
                     {"id", "model:1"},
                     {"call", 1},
                     {"builtin", true},
                     {"layers", {{{"class", cls}, {"builtin", true}, {"config", Json::object()}}}}};
    return judge("warning-is-true", Json::object(), {model, line});
  };
  ASSERT_EQ(trained("Dense").findings.size(), 1U);
  EXPECT_EQ(trained("Dense").findings[0].where["line"], 7);
  EXPECT_TRUE(trained("LSTM").findings.empty());
  EXPECT_EQ(trained("LSTM").skipped, 1U);
}

}  // namespace
}  // namespace kerasan::testing
