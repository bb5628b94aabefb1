#include <gtest/gtest.h>

#include "../rule_run.h"
#include "checks/summary_table.h"

namespace kerasan {
namespace {

using model::Json;

Json weight(const char* id, Json shape, bool trainable = true) {
  return {{"id", id}, {"name", id}, {"shape", std::move(shape)}, {"trainable", trainable}};
}

Json layer(const char* name, const char* klass, Json output, Json weights, bool trainable = true) {
  return {{"name", name},
          {"class", klass},
          {"builtin", true},
          {"trainable", trainable},
          {"nodes", {{{"output", {{"$tuple", std::move(output)}}}}}},
          {"weights", std::move(weights)}};
}

const Json kModel{{"kind", "model"},
                  {"id", "model:1"},
                  {"when", "call"},
                  {"structure", "sequential"},
                  {"trainable", true},
                  {"layers",
                   {layer("first", "Dense", {nullptr, 3},
                          Json::array({weight("v:1", {4, 3}), weight("v:2", {3})}), false),
                    layer("a_long_name", "BatchNormalization", {nullptr, 3},
                          Json::array({weight("v:3", {3}), weight("v:4", {3}, false)}))}}};

const char* const kLines =
    "Model: \"m\"\n______\n"
    "Layer (type)                 Output Shape              Param #   \n======\n"
    "first (Dense)                (None, 3)                 15        \n______\n"
    "a_long_name (BatchNormalizat (None, 3)                 6         \n======\n"
    "Total params: 21\nTrainable params: 3\nNon-trainable params: 18\n______\n";

const char* const kFramed =
    "┏━━━━┳━━━━┳━━━━┓\n┃ Layer (type) ┃ Output Shape ┃ Param # ┃\n┡━━━━╇━━━━╇━━━━┩\n"
    "│ first (Dense) │ (None, 3) │  15 │\n├────┼────┼────┤\n"
    "│ a_long_name   │ (None, 3) │  6 │\n│ (BatchNormaliz… │  │  │\n└────┴────┴────┘\n"
    " Total params: 65 (84.00 B)\n Trainable params: 3 (12.00 B)\n Non-trainable params: 18 (72.00 "
    "B)\n"
    " Optimizer params: 44 (176.00 B)\n";

checks::Finding found(const testing::Outcome& outcome) {
  return outcome.findings.empty() ? checks::Finding{} : outcome.findings[0];
}

testing::Outcome run(const std::string& text, Json args = Json::object()) {
  return testing::run_rule(
      "summary-as-model",
      {{{"kind", "call"}, {"id", 1}, {"api", "Model.summary"}, {"self", "model:1"}, {"args", args}},
       kModel,
       {{"kind", "text"},
        {"stream", "stdout"},
        {"origin", "framework"},
        {"call", 1},
        {"text", text}},
       {{"kind", "return"}, {"id", 1}}});
}

std::string with(std::string text, const std::string& old, const std::string& fresh) {
  const auto at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), fresh);
}

TEST(SummaryAsModel, AgreesInBothForms) {
  for (const char* text : {kLines, kFramed}) {
    const auto outcome = run(text);
    EXPECT_TRUE(outcome.findings.empty()) << found(outcome).message;
    EXPECT_EQ(outcome.agreed, 4u);
  }
}

TEST(SummaryAsModel, FindsWhatIsNotSo) {
  for (const auto& [old, fresh] : std::vector<std::pair<std::string, std::string>>{
           {"15   ", "12   "},
           {"first (Dense)", "fist (Dense) "},
           {"first (Dense)", "first (LSTM) "},
           {"(None, 3)", "(None, 4)"},
           {"Total params: 21", "Total params: 18"},
           {"Trainable params: 3", "Trainable params: 18"},
           {"Non-trainable params: 18", "Non-trainable params: 3"},
           {"first (Dense)                (None, 3)                 15        \n", ""}}) {
    const auto outcome = run(with(kLines, old, fresh));
    EXPECT_EQ(outcome.findings.size(), 1u) << old << " as " << fresh;
  }
  EXPECT_EQ(run(with(kFramed, "│  6 │", "│  7 │")).findings.size(), 1u);
  EXPECT_EQ(run(with(kFramed, "params: 65", "params: 66")).findings.size(), 1u);
}

TEST(SummaryAsModel, LeavesOtherTablesAlone) {
  EXPECT_TRUE(
      run(with(kLines, "15   ", "12   "), {{"expand_nested", {{"v", true}}}}).findings.empty());
  EXPECT_TRUE(run("a summary of the program's own\n").findings.empty());
  EXPECT_TRUE(run(with(kLines, "(None, 3)", "multiple ")).findings.empty());
  EXPECT_TRUE(run(with(kLines, "15        ", "0 (unused)")).findings.empty());
}

TEST(SummaryTable, ReadsShapes) {
  using Sizes = std::vector<std::int64_t>;
  EXPECT_EQ(checks::summary_shape("[(None,12,3)]"), (Sizes{-1, 12, 3}));
  EXPECT_EQ(checks::summary_shape("(None,)"), Sizes{-1});
  EXPECT_FALSE(checks::summary_shape("[(None,3),(None,4)]"));
  EXPECT_FALSE(checks::summary_shape("(None,12,"));
  EXPECT_FALSE(checks::summary_shape("multiple"));
}

}  // namespace
}  // namespace kerasan
