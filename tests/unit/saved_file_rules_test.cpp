// The rules over saved files: saved-file-sound, saved-values-finite, saved-graph-connected and
// saved-weights-of-config; and the differences of two files.
#include <gtest/gtest.h>

#include <limits>
#include <span>

#include "../rule_run.h"
#include "../saved_files.h"
#include "checks/file_difference.h"
#include "checks/file_rule.h"
#include "formats/strict_json.h"

namespace kerasan::checks {
namespace {

using formats::Json;
using formats::ModelFile;
using formats::Weight;

Weight weight(const std::string& layer, const std::string& name, Shape shape,
              const std::vector<float>& values) {
  Weight out;
  out.path = layer + "/" + name;
  out.layer = layer;
  out.name = name;
  out.dtype_text = "float32";
  out.dtype = DType::kFloat32;
  out.shape = std::move(shape);
  const auto bytes = std::as_bytes(std::span(values));
  out.bytes = Bytes(std::vector<std::byte>(bytes.begin(), bytes.end()));
  return out;
}

ModelFile dense_file() {
  ModelFile file;
  file.path = "m.h5";
  file.layout = "keras-2";
  file.holds_weights = true;
  file.config = Json::parse(testing::dense_config());
  file.weights = {weight("dense", "dense/kernel:0", {3, 2}, {1, 2, 3, 4, 5, 6}),
                  weight("dense", "dense/bias:0", {2}, {0, 0})};
  return file;
}

// Findings of one rule.
std::vector<Finding> found(const ModelFile& file, const std::string& rule) {
  testing::Outcome outcome;
  const SavedModel model(file);
  check_file(model, outcome);
  std::erase_if(outcome.findings, [&](const Finding& f) { return f.rule != rule; });
  return outcome.findings;
}

TEST(SavedFileRules, KeepQuietOnASoundFile) {
  testing::Outcome outcome;
  const ModelFile file = dense_file();
  const SavedModel model(file);
  check_file(model, outcome);
  EXPECT_TRUE(outcome.findings.empty());
  EXPECT_EQ(outcome.skipped, 0U);
  EXPECT_GE(outcome.agreed, 5U);
}

TEST(SavedFileRules, SavedFileSound) {
  ModelFile file = dense_file();
  file.faults.push_back({formats::kMissingWeight, "dense/bias:0", "it is not there"});
  EXPECT_EQ(found(file, "saved-file-sound").size(), 1U);
}

TEST(SavedFileRules, SavedValuesFinite) {
  ModelFile file = dense_file();
  file.weights[1] =
      weight("dense", "dense/bias:0", {2}, {0, std::numeric_limits<float>::infinity()});
  const auto findings = found(file, "saved-values-finite");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].claimed, "0 NaN, 1 infinite of 2 values");
}

TEST(SavedFileRules, SavedWeightsOfConfig) {
  const std::string rule = "saved-weights-of-config";
  ModelFile missing = dense_file();
  missing.weights.pop_back();
  EXPECT_EQ(found(missing, rule).size(), 1U);

  ModelFile shape = dense_file();
  shape.weights[0].shape = {2, 3};
  EXPECT_EQ(found(shape, rule).size(), 1U);

  ModelFile type = dense_file();
  type.weights[0].dtype_text = "float64";
  EXPECT_EQ(found(type, rule).size(), 1U);

  ModelFile stranger = dense_file();
  stranger.weights.push_back(weight("other", "other/kernel:0", {1}, {1}));
  EXPECT_EQ(found(stranger, rule).size(), 1U);

  ModelFile custom = dense_file();
  custom.config["config"]["layers"][0]["class_name"] = "Mine>Dense";
  EXPECT_TRUE(found(custom, rule).empty());
}

TEST(SavedFileRules, AnArchiveWithoutItsWeights) {
  ModelFile file = dense_file();
  file.weights.clear();
  file.holds_weights = false;
  EXPECT_TRUE(found(file, "saved-weights-of-config").empty());
  file.format = "Keras archive";
  EXPECT_EQ(found(file, "saved-weights-of-config").size(), 1U);
  file.entries.push_back({"model.weights_00000.h5", 9});
  EXPECT_TRUE(found(file, "saved-weights-of-config").empty());
}

TEST(SavedFileRules, SavedOptimizerStates) {
  const std::string rule = "saved-optimizer-states";
  ModelFile file = dense_file();
  file.compile_config = {
      {"optimizer_config", {{"class_name", "Adam"}, {"config", Json::object()}}}};
  for (const char* slot : {"m", "v"}) {
    file.optimizer_weights.push_back(weight("", std::string("kernel/") + slot, {3, 2}, {}));
    file.optimizer_weights.push_back(weight("", std::string("bias/") + slot, {2}, {}));
  }
  EXPECT_TRUE(found(file, rule).empty());
  ModelFile fewer = file;
  fewer.optimizer_weights.pop_back();
  EXPECT_EQ(found(fewer, rule).size(), 1U);
  fewer.compile_config["optimizer_config"]["class_name"] = "RMSprop";
  EXPECT_TRUE(found(fewer, rule).empty());
  ModelFile other = file;
  other.optimizer_weights[0].shape = {3, 3};
  EXPECT_EQ(found(other, rule).size(), 2U);  // and one is left of the kernel's shape
  other.compile_config["optimizer_config"]["class_name"] = "Mine";
  EXPECT_TRUE(found(other, rule).empty());
}

TEST(SavedFileRules, SavedWeightsOfConfigSeesExchangedNames) {
  ModelFile file = dense_file();
  file.config = Json::parse(R"({"class_name": "Sequential", "config": {"layers": [
      {"class_name": "BatchNormalization", "config": {"name": "bn", "batch_input_shape": [null, 2],
       "axis": [1], "center": true, "scale": true}}]}})");
  const auto four = [&](const char* a, const char* b) {
    file.weights.clear();
    for (const char* name : {a, b, "moving_mean", "moving_variance"}) {
      file.weights.push_back(weight("bn", "bn/" + std::string(name) + ":0", {2}, {1, 1}));
    }
  };
  four("gamma", "beta");
  EXPECT_TRUE(found(file, "saved-weights-of-config").empty());
  four("beta", "gamma");
  EXPECT_EQ(found(file, "saved-weights-of-config").size(), 1U);
}

ModelFile functional() {
  ModelFile file;
  file.config = Json::parse(R"({"class_name": "Functional", "config": {"name": "m", "layers": [
    {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
     "config": {"name": "x", "batch_input_shape": [null, 3]}},
    {"class_name": "Dense", "name": "a", "config": {"name": "a", "units": 2},
     "inbound_nodes": [[["x", 0, 0, {}]]]},
    {"class_name": "Dense", "name": "b", "config": {"name": "b", "units": 1},
     "inbound_nodes": [[["a", 0, 0, {}]]]}],
    "input_layers": [["x", 0, 0]], "output_layers": [["b", 0, 0]]}})");
  return file;
}

TEST(SavedFileRules, SavedGraphConnected) {
  const std::string rule = "saved-graph-connected";
  ModelFile file = functional();
  EXPECT_TRUE(found(file, rule).empty());
  const SavedModel model(file);
  EXPECT_EQ(model.layer("b")->inputs.at(0), (Dims{std::nullopt, 2}));

  file.config["config"]["layers"][2]["inbound_nodes"] = Json::parse(R"([[["c", 0, 0, {}]]])");
  EXPECT_EQ(found(file, rule).size(), 2U);  // b takes nothing that is there, a leads nowhere

  file = functional();
  file.config["config"]["layers"][2]["inbound_nodes"] = Json::parse(R"([[["a", 1, 0, {}]]])");
  EXPECT_EQ(found(file, rule).size(), 1U);

  file = functional();
  file.config["config"]["layers"].push_back(file.config["config"]["layers"][1]);
  EXPECT_EQ(found(file, rule).size(), 1U);  // two of one name
}

TEST(SavedFileRules, SavedGraphConnectedNamesCallsInACircle) {
  const std::string rule = "saved-graph-connected";
  ModelFile file = functional();
  Json& layers = file.config["config"]["layers"];
  layers[1]["inbound_nodes"] = Json::parse(R"([[["b", 0, 0, {}]]])");
  const auto findings = found(file, rule);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].claimed, "a circle of 2 calls");

  // A layer may be called again on what it gave.
  layers[1]["inbound_nodes"] = Json::parse(R"([[["x", 0, 0, {}]], [["a", 0, 0, {}]]])");
  layers[2]["inbound_nodes"] = Json::parse(R"([[["a", 1, 0, {}]]])");
  EXPECT_TRUE(found(file, rule).empty());
}

FileDifferences differences(const ModelFile& one, const ModelFile& other,
                            const Nearness& nearness = {}) {
  const SavedModel first(one), second(other);
  FileDifferences all;
  const LayerPairs pairs = pair_layers(first, second);
  compare_architecture(first, second, pairs, all);
  compare_configs(first, second, pairs, all);
  compare_saved_weights(first, second, pairs, nearness, all);
  compare_compile(first, second, nearness, all);
  return all;
}

TEST(SavedFileDifference, FindsNoneInTheSameModel) {
  const FileDifferences same = differences(dense_file(), dense_file());
  EXPECT_TRUE(same.found.empty());
  EXPECT_EQ(same.compared.at("weights"), 2U);
  EXPECT_EQ(same.compared.at("architecture"), 1U);
}

TEST(SavedFileDifference, MeasuresWeights) {
  ModelFile other = dense_file();
  const float next = std::nextafterf(3, 4);
  other.weights[0] = weight("dense", "dense/kernel:0", {3, 2}, {1, 2, next, 4, 5, 6});
  EXPECT_EQ(differences(dense_file(), other).found.size(), 1U);
  EXPECT_TRUE(differences(dense_file(), other, {1, 0}).found.empty());
  EXPECT_TRUE(differences(dense_file(), other, {0, 1e-6}).found.empty());
  EXPECT_EQ(differences(dense_file(), other, {0.5, 0}).found.size(), 1U);
}

TEST(SavedFileDifference, TellsLayersAndArguments) {
  ModelFile other = functional();
  other.config["config"]["layers"][1]["config"]["units"] = 4;
  auto all = differences(functional(), other);
  ASSERT_EQ(all.found.size(), 1U);
  EXPECT_EQ(all.found[0].part, "config");
  EXPECT_EQ(all.found[0].subject, "a.units");

  other = functional();
  other.config["config"]["layers"][2]["inbound_nodes"] = Json::parse(R"([[["x", 0, 0, {}]]])");
  all = differences(functional(), other);
  ASSERT_EQ(all.found.size(), 1U);
  EXPECT_EQ(all.found[0].part, "architecture");
}

TEST(SavedFileDifference, IsSilentOnKeysThatAnotherReleaseDoesNotTell) {
  ModelFile other = functional();
  other.config["config"]["layers"][1]["config"]["quantization_config"] = nullptr;
  const auto all = differences(functional(), other);
  EXPECT_TRUE(all.found.empty());
  EXPECT_EQ(all.not_compared.count({"config", "only one of the files tells quantization_config"}),
            1U);

  ModelFile first = functional();
  first.keras_version = other.keras_version = "3.1.0";
  EXPECT_EQ(differences(first, other).found.size(), 1U);
}

}  // namespace
}  // namespace kerasan::checks
