// named-object-defaults, program-name-kept, reset-takes-effect, metric-under-its-name and
// metric-name-in-effect.
#include <gtest/gtest.h>

#include "evaluation_events.h"

namespace kerasan::testing {
namespace {

Program named(double accumulator, bool builtin = true) {
  Program p;
  p.emit("named_object",
         {{"argument", "optimizer"},
          {"name", "adagrad"},
          {"class", "Adagrad"},
          {"builtin", builtin},
          {"config",
           {{"name", "Adagrad"},
            {"learning_rate", 0.001f},
            {"initial_accumulator_value", accumulator}}},
          {"defaults",
           {{"learning_rate", 0.001}, {"initial_accumulator_value", 0.1}, {"clipnorm", 1.0}}},
          {"where", {{"file", "p.py"}, {"line", 5}}}});
  return p;
}

TEST(NamedObjectDefaults, TheDefaultsOfTheClass) {
  EXPECT_EQ(named(0.1).verdicts.agreed["named-object-defaults"], 2u);
  EXPECT_TRUE(named(0.0, false).verdicts.of("named-object-defaults").empty());
  const auto found = named(0.0).verdicts.of("named-object-defaults");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].where["line"], 5);
}

TEST(ProgramNameKept, AModuleOfTheFramework) {
  const auto ended = [](const std::string& name) {
    Program p;
    p.emit("start", {{"argv", {"train.py"}}});
    p.emit("end", {{"main_name", name}});
    return p.verdicts.of("program-name-kept");
  };
  EXPECT_TRUE(ended("__main__").empty());
  EXPECT_TRUE(ended("keras_experiments").empty());
  ASSERT_EQ(ended("tensorflow.keras.callbacks").size(), 1u);
  EXPECT_EQ(ended("tensorflow.keras.callbacks")[0].where["file"], "train.py");
}

TEST(ResetTakesEffect, StatesOfLayers) {
  const auto reset = [](double left) {
    Program p;
    p.emit("states_reset",
           {{"call", nullptr},
            {"layers",
             {{{"name", "forward_lstm"},
               {"class", "LSTM"},
               {"states", {p.tensor({1, 2}, {0, 0}), p.tensor({1, 2}, {0, left})}}}}}});
    return p.verdicts;
  };
  EXPECT_EQ(reset(0).agreed["reset-takes-effect"], 2u);
  ASSERT_EQ(reset(-0.5).of("reset-takes-effect").size(), 1u);
  EXPECT_EQ(reset(-0.5).of("reset-takes-effect")[0].where["layer"], "forward_lstm");
}

TEST(ResetTakesEffect, MetricsInsideGraphs) {
  const auto reset = [](int operations, int variables) {
    Program p;
    p.emit("metric_reset",
           {{"class", "Mean"}, {"operations", operations}, {"variables", variables}});
    return p.verdicts.of("reset-takes-effect").size();
  };
  EXPECT_EQ(reset(4, 2), 0u);
  EXPECT_EQ(reset(0, 0), 0u);
  EXPECT_EQ(reset(0, 2), 1u);
}

Collected evaluated(const Json& result, double one, double two, const Json& added_by = nullptr,
                    const Json& names = {"loss", "one", "two"}) {
  Program p;
  p.emit("call",
         {{"id", 1}, {"api", "Model.evaluate"}, {"where", {{"file", "p.py"}, {"line", 9}}}});
  const auto state = [&](const std::string& name, double value) {
    return Json{{"name", name},
                {"added_by", added_by},
                {"total", p.tensor({}, {4 * value})},
                {"count", p.tensor({}, {4})}};
  };
  p.emit(
      "metric_states",
      {{"call", 1}, {"metrics_names", names}, {"metrics", {state("one", one), state("two", two)}}});
  p.emit("return", {{"id", 1}, {"result", result}});
  return p.verdicts;
}

TEST(MetricUnderItsName, EachHasItsOwnValue) {
  constexpr char kRule[] = "metric-under-its-name";
  EXPECT_EQ(evaluated({0.25, 1.0, 2.0}, 1, 2).agreed[kRule], 2u);
  EXPECT_EQ(evaluated({0.25, 2.0, 1.0}, 1, 2).of(kRule).size(), 2u);
  EXPECT_EQ(evaluated({{"loss", 0.25}, {"one", 2.0}, {"two", 2.0}}, 1, 2).of(kRule).size(), 1u);
  // A label of several metrics moves the others.
  const Json grouped{"loss", "several", "one"};
  EXPECT_TRUE(evaluated({0.25, 1.0, 2.0}, 1, 2, nullptr, grouped).of(kRule).empty());
  // Values of nobody: something else has moved them.
  EXPECT_TRUE(evaluated({0.25, 7.0, 8.0}, 1, 2).of(kRule).empty());
}

TEST(MetricNameInEffect, OfMetricsThatTheProgramAdds) {
  constexpr char kRule[] = "metric-name-in-effect";
  const Json own{{"class", "Squash"}, {"builtin", false}}, theirs{{"builtin", true}};
  EXPECT_EQ(evaluated({0.25, 1.0, 2.0}, 1, 2, own).agreed[kRule], 2u);
  EXPECT_EQ(evaluated({0.25, 2.0, 1.0}, 1, 2, own).of(kRule).size(), 2u);
  EXPECT_TRUE(evaluated({0.25, 2.0, 1.0}, 1, 2, theirs).of(kRule).empty());
  EXPECT_TRUE(evaluated({0.25, 2.0, 1.0}, 1, 2).of(kRule).empty());
}

}  // namespace
}  // namespace kerasan::testing
