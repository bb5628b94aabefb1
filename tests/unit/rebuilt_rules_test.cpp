// The rules over models that are saved, loaded, cloned or rebuilt.
#include <gtest/gtest.h>

#include "../rule_run.h"

namespace kerasan {
namespace {

using model::Json;

Json weight(const std::string& id, const std::string& digest, bool trainable = true) {
  return {
      {"id", id},         {"name", id + "/kernel"}, {"shape", {2}},          {"dtype", "float32"},
      {"digest", digest}, {"head", {1.0}},          {"trainable", trainable}};
}

Json layer(const std::string& id, const std::string& name) {
  return {{"id", "layer:" + id},
          {"name", name},
          {"class", "Dense"},
          {"module", "k.core"},
          {"builtin", true},
          {"trainable", true},
          {"weights", {weight(name, "d" + name)}}};
}

// Two layers in a row; `prefix` keeps ids of two models apart.
Json model_event(const std::string& id, const std::string& when, const std::string& prefix) {
  const auto node = [&](const char* of, const char* from) -> Json {
    return {{"layer", "layer:" + prefix + of},
            {"index", 0},
            {"inputs", {{"layer:" + prefix + from, 0, 0}}},
            {"arguments", Json::object()}};
  };
  return {{"kind", "model"},
          {"id", id},
          {"when", when},
          {"name", "net"},
          {"class", "Functional"},
          {"structure", "functional"},
          {"where", {{"file", "net.py"}, {"line", 3}}},
          {"config", {{"name", "net"}, {"layers", {{{"units", 2}, {"rate", 0.1}}}}}},
          {"layers", {layer(prefix + "1", "a"), layer(prefix + "2", "b")}},
          {"inputs", {{"layer:" + prefix + "0", 0, 0}}},
          {"outputs", {{"layer:" + prefix + "2", 0, 0}}},
          {"nodes", {node("1", "0"), node("2", "1")}},
          {"values", {weight("a", "da"), weight("b", "db")}},
          {"optimizer_state",
           {{"class", "Adam"},
            {"builtin", true},
            {"config", {{"learning_rate", 0.1}}},
            {"variables",
             {{{"name", "iter"},
               {"shape", Json::array()},
               {"dtype", "int64"},
               {"digest", "five"},
               {"head", {5}}}}}}}};
}

struct Story {
  Json before = model_event("model:1", "save", "x");
  Json after = model_event("model:1", "saved", "x");
  Json made = model_event("model:2", "load", "y");
};

testing::Outcome judge(const std::string& rule, Story story, const std::string& what = "model") {
  for (Json* event : {&story.before, &story.after, &story.made}) {
    (*event)["path"] = "net.h5";
    (*event)["saves"] = what;
    (*event)["stamp"] = {10, 20};
  }
  return testing::run_rule(rule, {story.before, story.after, story.made});
}

testing::Outcome rebuild(const std::string& rule, const char* how, Story story) {
  story.before["when"] = "call";
  story.made["made_from"] = {{"how", how}, {"model", "model:1"}, {"custom", false}};
  return testing::run_rule(rule, {story.before, story.made});
}

constexpr const char* kLoading[] = {"reload-keeps-layers",  "reload-keeps-trainable",
                                    "reload-keeps-graph",   "reload-keeps-config",
                                    "reload-keeps-weights", "reload-keeps-optimizer"};

TEST(RebuiltRules, WhatIsKeptAgrees) {
  for (const char* rule : kLoading) {
    const auto outcome = judge(rule, {});
    EXPECT_TRUE(outcome.findings.empty()) << rule;
    EXPECT_EQ(outcome.agreed, 1U) << rule;
  }
  EXPECT_EQ(judge("saving-keeps-model", {}).agreed, 1U);
  EXPECT_EQ(judge("load-weights-arrive", {}, "weights").agreed, 1U);
  EXPECT_EQ(rebuild("clone-keeps-structure", "clone_model", {}).agreed, 1U);
}

TEST(RebuiltRules, AFileThatWasWrittenAgainIsNotChecked) {
  Story story;
  for (Json* event : {&story.before, &story.after, &story.made}) {
    (*event)["path"] = "net.h5";
    (*event)["saves"] = "model";
    (*event)["stamp"] = {10, event == &story.made ? 30 : 20};
  }
  story.made["values"][0]["digest"] = "other";
  const auto outcome =
      testing::run_rule("reload-keeps-weights", {story.before, story.after, story.made});
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.skipped, 1U);
}

TEST(RebuiltRules, AnotherClassOfTheFramework) {
  Story story;
  story.made["layers"][0]["module"] = "k.core_v1";
  const auto outcome = judge("reload-keeps-layers", story);
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_EQ(outcome.findings[0].claimed, "k.core_v1.Dense");
  EXPECT_EQ(outcome.findings[0].where["file"], "net.py");
  story.made["layers"][0]["builtin"] = false;
  EXPECT_TRUE(judge("reload-keeps-layers", story).findings.empty());
}

TEST(RebuiltRules, ALayerThatThaws) {
  Story story;
  story.before["layers"][1]["trainable"] = false;
  EXPECT_EQ(judge("reload-keeps-trainable", story).findings.size(), 1U);
  EXPECT_EQ(rebuild("clone-keeps-structure", "clone_model", story).findings.size(), 1U);
  story.before["layers"][1]["weights"] = story.made["layers"][1]["weights"] = Json::array();
  EXPECT_TRUE(judge("reload-keeps-trainable", story).findings.empty());
}

TEST(RebuiltRules, ASharedLayerThatIsSharedNoMore) {
  Story story;  // b feeds a again in the model that was saved
  story.before["nodes"].push_back({{"layer", "layer:x1"},
                                   {"index", 3},
                                   {"inputs", {{"layer:x2", 0, 0}}},
                                   {"arguments", Json::object()}});
  story.before["outputs"] = {{"layer:x1", 3, 0}};
  EXPECT_EQ(judge("reload-keeps-graph", story).findings.size(), 1U);
}

TEST(RebuiltRules, ConfigurationsEqualToSinglePrecision) {
  Story story;
  story.before["config"]["layers"][0]["rate"] = static_cast<double>(0.1F);
  story.before["config"]["layers"] = {{"$tuple", story.before["config"]["layers"]}};
  EXPECT_EQ(judge("reload-keeps-config", story).agreed, 1U);
  story.made["config"]["layers"][0]["units"] = 3;
  const auto outcome = rebuild("reload-keeps-config", "from_config", story);
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_NE(outcome.findings[0].message.find("layers[0].units is 3"), std::string::npos);
}

TEST(RebuiltRules, HowALayerWasBuiltIsNoArgument) {
  Story story;
  Json& built = story.before["config"]["layers"][0];
  built["build_config"] = {{"input_shape", {nullptr, 4}}};
  EXPECT_EQ(judge("reload-keeps-config", story).agreed, 1U);
  story.made["config"]["layers"][0]["build_config"] = {{"input_shape", {nullptr, 5}}};
  EXPECT_EQ(judge("reload-keeps-config", story).findings.size(), 1U);
}

TEST(RebuiltRules, LowRankMatricesAreMergedWhenSaved) {
  Story story;
  story.made["values"][0]["digest"] = "merged";
  story.before["layers"][0]["config"] = {{"lora_rank", 2}};
  for (const char* what : {"model", "weights"}) {
    const auto outcome =
        judge(*what == 'm' ? "reload-keeps-weights" : "load-weights-arrive", story, what);
    EXPECT_TRUE(outcome.findings.empty());
    EXPECT_EQ(outcome.skipped, 1U);
  }
}

TEST(RebuiltRules, WeightsThatDoNotArrive) {
  Story story;
  story.made["values"][1]["digest"] = "other";
  for (const char* what : {"model", "weights"}) {
    const auto outcome =
        judge(*what == 'm' ? "reload-keeps-weights" : "load-weights-arrive", story, what);
    ASSERT_EQ(outcome.findings.size(), 1U);
    EXPECT_EQ(outcome.findings[0].impact, 4);
  }
  story.made["values"].erase(1);
  EXPECT_EQ(judge("reload-keeps-weights", story).skipped, 1U);
}

TEST(RebuiltRules, ByNameOnlyLayersOfTheSameNameCount) {
  Story story;
  story.made["call"] = 7;
  story.made["layers"][0]["name"] = "fresh";
  story.made["layers"][0]["weights"] = {weight("w", "new")};
  story.made["values"] = {weight("w", "new"), weight("b", "db")};
  const Json call = {{"kind", "call"},
                     {"id", 7},
                     {"api", "Model.load_weights"},
                     {"args", {{"by_name", {{"v", true}, {"given", true}}}}}};
  const auto run = [&] {
    std::vector<Json> events = {call, story.before, story.after, story.made};
    for (std::size_t i = 1; i < 4; ++i) {
      events[i]["path"] = "w.h5";
      events[i]["saves"] = "weights";
      events[i]["stamp"] = 1;
    }
    return testing::run_rule("load-weights-arrive", events);
  };
  EXPECT_EQ(run().agreed, 1U);
  story.made["values"][1]["digest"] = "other";
  EXPECT_EQ(run().findings.size(), 1U);
}

TEST(RebuiltRules, AnOptimizerThatBeginsAnew) {
  Story story;
  Json& state = story.made["optimizer_state"];
  state["variables"][0]["digest"] = "zero";
  EXPECT_EQ(judge("reload-keeps-optimizer", story).findings.size(), 1U);
  state["variables"] = Json::array();
  EXPECT_EQ(judge("reload-keeps-optimizer", story).skipped, 1U);
  state["config"]["learning_rate"] = 0.2;
  EXPECT_EQ(judge("reload-keeps-optimizer", story).findings.size(), 1U);
}

TEST(RebuiltRules, AnOptimizerOfWeightsThatTrainNoMore) {
  const Json slot{{"name", "m"}, {"shape", {2}}, {"dtype", "float32"}, {"digest", "m"}};
  Story story;
  Json& held = story.before["optimizer_state"]["variables"];
  Json& now = story.made["optimizer_state"]["variables"];
  held.push_back(slot), held.push_back(slot), now.push_back(slot);
  now[0]["digest"] = "zero";
  const auto outcome = judge("reload-keeps-optimizer", story);
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.skipped, 1U);
  story.made["layers"][0]["weights"][0]["trainable"] = false;  // that is why it has fewer
  EXPECT_EQ(judge("reload-keeps-optimizer", story).findings.size(), 1U);
}

TEST(RebuiltRules, SavingThatMovesAWeight) {
  Story story;
  story.after["values"][0]["digest"] = "other";
  EXPECT_EQ(judge("saving-keeps-model", story).findings.size(), 1U);
}

testing::Outcome text(const std::string& json) {
  return testing::run_rule(
      "config-is-json",
      {{{"kind", "config_text"}, {"name", "net"}, {"text", json}, {"complete", true}}});
}

TEST(ConfigIsJson, InfinityIsNone) {
  EXPECT_EQ(text(R"({"max": null, "all": [1.5e3, "Infinity"]})").agreed, 1U);
  const auto outcome = text(R"({"max": Infinity})");
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_NE(outcome.findings[0].message.find("Infinity"), std::string::npos);
  EXPECT_EQ(text(R"({"max": NaN})").findings.size(), 1U);
}

TEST(ConfigIsPlain, AShapeObjectIsNone) {
  Json event = model_event("model:1", "call", "x");
  event["call"] = 4;
  event["builtin"] = true;
  const Json call = {{"kind", "call"}, {"id", 4}, {"api", "Model.get_config"}};
  EXPECT_EQ(testing::run_rule("config-is-plain", {call, event}).agreed, 1U);
  event["config"]["build_input_shape"] = {{"$shape", {nullptr, 3}}};
  EXPECT_EQ(testing::run_rule("config-is-plain", {call, event}).findings.size(), 1U);
  event["builtin"] = false;
  EXPECT_TRUE(testing::run_rule("config-is-plain", {call, event}).findings.empty());
}

TEST(ConfigArgumentKept, WhatFromConfigTakesAway) {
  const auto judge = [](bool kept) {
    return testing::run_rule(
        "config-argument-kept",
        {{{"kind", "model"},
          {"id", "model:1"},
          {"when", "load"},
          {"name", "net"},
          {"made_from",
           {{"how", "from_config"}, {"argument_kept", kept}, {"lost", "layers[1]"}}}}});
  };
  EXPECT_EQ(judge(true).agreed, 1U);
  EXPECT_EQ(judge(false).findings.size(), 1U);
}

TEST(SetWeightsArrive, EachArrayInItsPlace) {
  Json event = {{"kind", "weights_set"},
                {"name", "dense"},
                {"held", {weight("a", "one"), weight("b", "two")}},
                {"given", {weight("a", "one"), weight("b", "two")}}};
  EXPECT_EQ(testing::run_rule("set-weights-arrive", {event}).agreed, 1U);
  std::swap(event["given"][0], event["given"][1]);
  const auto outcome = testing::run_rule("set-weights-arrive", {event});
  ASSERT_EQ(outcome.findings.size(), 1U);
  EXPECT_NE(outcome.findings[0].message.find("a/kernel"), std::string::npos);
}

TEST(RebuiltRules, LossesAndMetricsByTheirMeaning) {
  const Json metric{{"name", "mae"}, {"class", "keras.metrics.MeanAbsoluteError"}};
  Story story;
  story.before["compile"] = {{"loss", "mse"}, {"metrics", {metric}}};
  story.made["compile"] = {{"loss", {{"$function", "keras.losses.mean_squared_error"}}},
                           {"metrics", {metric}}};
  const char* const rule = "reload-keeps-compile";
  EXPECT_EQ(judge(rule, story).agreed, 1U);
  Story other = story;
  other.made["compile"]["loss"] = "mae";
  EXPECT_EQ(judge(rule, other).findings.size(), 1U);
  other = story;
  other.made["compile"]["loss_weights"] = {0.5};
  EXPECT_EQ(judge(rule, other).findings.size(), 1U);
  other = story;
  other.made["compile"]["metrics"][0]["name"] = "mae_1";
  EXPECT_EQ(judge(rule, other).findings.size(), 1U);
  other.made["compile"]["metrics"] = Json::array();  // made with the first batch
  EXPECT_EQ(judge(rule, other).agreed, 1U);
  other.before["compile"]["given_metrics"] = {"mae"};
  other.made["compile"]["given_metrics"] = {"mae"};
  EXPECT_EQ(judge(rule, other).agreed, 1U);
  other.made["compile"]["given_metrics"] = nullptr;
  EXPECT_EQ(judge(rule, other).findings.size(), 1U);
}

}  // namespace
}  // namespace kerasan
