#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

Json summary_call() {
  return Json::parse(R"({"kind": "call", "id": 3, "parent": null, "api": "Model.summary",
    "self": "model:1", "args": {"line_length": {"v": null, "given": false}},
    "where": {"file": "net.py", "line": 22, "function": "<module>"}})");
}

Json model_event() {
  return Json::parse(R"({"kind": "model", "id": "model:1", "name": "match", "when": "call",
    "call": 3, "structure": "functional", "class": "Functional", "called": [],
    "layers": [{"id": "layer:1", "name": "left", "class": "Dense"},
               {"id": "layer:2", "name": "a_similarity_of_two", "class": "Similarity"}]})");
}

Json text_event(const std::string& text) {
  return {{"kind", "text"}, {"stream", "stdout"}, {"call", 3}, {"text", text}};
}

constexpr const char* kTable =
    "Layer (type)  Output Shape\n"
    "left (Dense)  (None, 4)\n"
    "\u2502 a_similarity_ \u2502 (None, 1)\n";

testing::Outcome judge(const Json& call, const Json& model, const std::string& text) {
  const Json end = Json::parse(R"({"kind": "return", "id": 3, "result": null, "error": null})");
  return testing::run_rule("summary-shows-layers", {call, model, text_event(text), end});
}

TEST(SummaryShowsLayers, ALayerThatTheProgramCalledMustBeShown) {
  Json event = model_event();
  event["called"] = Json::parse(R"([{"layer": "layer:9", "name": "distance", "class": "Own"}])");
  const auto outcome = judge(summary_call(), event, kTable);
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-displayed-message");
  EXPECT_EQ(outcome.findings[0].where["layer"], "distance");
  EXPECT_EQ(outcome.findings[0].where["line"], 22);
}

TEST(SummaryShowsLayers, ALayerOfTheModelMustBeShown) {
  EXPECT_EQ(judge(summary_call(), model_event(), "left (Dense)  (None, 4)\n").findings.size(), 1U);
}

TEST(SummaryShowsLayers, CutAndFramedNamesAreShown) {
  const auto outcome = judge(summary_call(), model_event(), kTable);
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.agreed, 1U);
}

TEST(SummaryShowsLayers, WhatCannotBeReadIsNotChecked) {
  Json call = summary_call();
  EXPECT_EQ(judge(call, model_event(), "").skipped, 1U);
  Json own = model_event();
  own["structure"] = "subclassed";
  EXPECT_EQ(judge(call, own, "x\n").skipped, 1U);
  call["args"]["line_length"] = Json::parse(R"({"v": 20, "given": true})");
  EXPECT_EQ(judge(call, model_event(), "left\n").skipped, 1U);
}

}  // namespace
}  // namespace kerasan
