#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

Json model_event() {
  return Json::parse(R"({"kind": "model", "id": "model:1", "name": "encoder",
    "structure": "functional", "when": "call", "weights": [], "unlisted": [],
    "layers": [{"id": "layer:1", "class": "InputLayer"}, {"id": "layer:2", "class": "Dense"}],
    "nodes": [{"layer": "layer:1", "index": 0, "inputs": []},
              {"layer": "layer:2", "index": 0, "inputs": [["layer:1", 0, 0]]}],
    "inputs": [["layer:1", 0, 0]], "outputs": [["layer:2", 0, 0]],
    "where": {"file": "net.py", "line": 25}})");
}

testing::Outcome judge(const Json& event) {
  return testing::run_rule("used-weights-listed", {event, event});
}

TEST(UsedWeightsListed, AWeightThatIsReadMustBeListed) {
  Json event = model_event();
  event["unlisted"] = Json::parse(R"([{"layer": "inner", "class": "Dense",
    "weight": "inner/kernel:0", "shape": [8, 32], "trainable": true,
    "operation": "inner/Tensordot/MatMul"}])");
  const auto outcome = judge(event);
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].scenario, "wrong-structure");
  EXPECT_NE(outcome.findings[0].message.find("inner/kernel:0"), std::string::npos);
  EXPECT_EQ(outcome.findings[0].where["line"], 25);
}

TEST(UsedWeightsListed, ALayerThatIsNeededMustBeListed) {
  Json event = model_event();
  event["layers"] = Json::parse(R"([{"id": "layer:1", "class": "InputLayer"}])");
  EXPECT_EQ(judge(event).findings.size(), 1U);
}

TEST(UsedWeightsListed, AWholeModel) {
  const auto outcome = judge(model_event());
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.agreed, 1U);
}

TEST(UsedWeightsListed, SubclassedModelsHaveNoGraphToFollow) {
  Json event = model_event();
  event["structure"] = "subclassed";
  event["layers"] = Json::array();
  EXPECT_TRUE(judge(event).findings.empty());
}

}  // namespace
}  // namespace kerasan
