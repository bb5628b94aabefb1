// SavedModels written here: objects, metadata of Keras, graphs, and what can be wrong with them.
#include "formats/tensorflow/saved_model.h"

#include <gtest/gtest.h>

#include "../saved_model_sample.h"
#include "base/error.h"
#include "formats/reader.h"
#include "formats/tensorflow/bundle_weights.h"
#include "formats/tensorflow/keras_metadata.h"
#include "formats/tensorflow/ownership.h"

namespace kerasan::formats::tensorflow {
namespace {

using testing::BundleWriter;
using testing::field;
using testing::floats;
using testing::Folder;
using testing::shape_message;
using testing::saved_model::child;
using testing::saved_model::kKey;
using testing::saved_model::node;
using testing::saved_model::SavedModelSample;

TEST(SavedModelTest, GivesConfigWeightsStateAndFacts) {
  const Folder folder;
  SavedModelSample().write(folder);
  const ModelFile file = read_model_file(folder.path());
  EXPECT_EQ(file.format, "SavedModel");
  for (const Fault& fault : file.faults) ADD_FAILURE() << fault.message;
  EXPECT_EQ(file.config["class_name"], "Sequential");
  EXPECT_EQ(file.config["config"]["layers"][0]["config"]["batch_input_shape"],
            Json::parse("[null, 2]"));
  EXPECT_EQ(file.compile_config["loss"], "mse");
  ASSERT_EQ(file.weights.size(), 1U);
  EXPECT_EQ(file.weights[0].layer, "dense");
  EXPECT_EQ(file.weights[0].name, "dense/kernel");
  EXPECT_EQ(file.weights[0].trainable, false);  // the model lists it among the others
  EXPECT_EQ(to_tensor(file.weights[0]).to_doubles(), (std::vector<double>{1.5, -2}));
  ASSERT_EQ(file.optimizer_weights.size(), 1U);
  EXPECT_EQ(file.optimizer_weights[0].layer, "dense");
  EXPECT_EQ(file.metadata["tensorflow_version"], "2.9.0");
  EXPECT_EQ(file.metadata["signatures"]["serving_default"]["inputs"]["x"]["shape"],
            Json::parse("[null, 2]"));
  ASSERT_EQ(file.metadata["functions"].size(), 1U);
  const Json& function = file.metadata["functions"][0];
  EXPECT_EQ(function["owner"], "call");
  EXPECT_EQ(function["ops"]["StatefulPartitionedCall"], 1);
  EXPECT_EQ(function["reads"], Json::parse(R"(["layer-0/kernel"])"));  // "m" is handed on unread
}

TEST(SavedModelTest, ReportsWhatDisagrees) {
  const Folder folder;
  SavedModelSample sample;
  sample.declared = {3, 1};
  sample.nodes += field(1, node("x", "NoOp", {}));
  sample.write(folder);
  const ModelFile file = read_model_file(folder.path());
  ASSERT_EQ(file.faults.size(), 2U);
  EXPECT_EQ(file.faults[0].kind, kDeclaredOtherwise);
  EXPECT_EQ(file.faults[1].kind, kDuplicateName);
}

TEST(SavedModelTest, ReportsVariablesWithoutValuesAndValuesWithoutVariables) {
  const Folder folder;
  const SavedModelSample sample;
  sample.write(folder);
  BundleWriter writer;
  writer.add("layer-0/kernel" + kKey, 1, {2, 1}, floats({1.5F, -2}));
  writer.add("more" + kKey, 1, {1}, floats({1}));
  writer.add_string(kObjectGraphKey, SavedModelSample::stored());
  writer.write(folder / "variables/variables");
  const ModelFile file = read_model_file(folder.path());
  ASSERT_EQ(file.faults.size(), 2U);
  EXPECT_EQ(file.faults[0].kind, kMissingWeight);
  EXPECT_EQ(file.faults[1].kind, kOrphanWeight);

  std::filesystem::remove_all(folder / "variables");
  const ModelFile without = read_model_file(folder.path());
  ASSERT_EQ(without.faults.size(), 1U);
  EXPECT_EQ(without.faults[0].kind, kMissingFile);
}

TEST(SavedModelTest, RefusesDamage) {
  const std::string whole = SavedModelSample().saved_model();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // Cut right behind its first field it is a message, of no graph.
    EXPECT_THROW(read_saved_model(whole.substr(0, size)), InputError) << size;
  }
  const Folder folder;
  testing::write_file(folder / "saved_model.pb", whole.substr(0, 100));
  EXPECT_THROW(read_model_file(folder.path()), InputError);
}

TEST(SavedModelTest, RefusesObjectsThatAreNotThere) {
  const Folder folder;
  const std::string objects = field(1, child(9, "layer"));
  testing::write_file(folder / "saved_model.pb", field(2, field(7, objects)));
  EXPECT_THROW(read_model_file(folder.path()), InputError);
}

TEST(OwnershipTest, NamesInnerLayersOfModelsOnly) {
  ObjectGraph graph;
  graph.nodes.resize(7);
  graph.nodes[0].children = {{6, "variables"}, {1, "inner"}, {3, "wrapper"}};
  graph.nodes[1].children = {{2, "dense"}};
  graph.nodes[2].children = {{5, "kernel"}};
  graph.nodes[3].children = {{4, "cell"}};
  graph.nodes[6].children = {{5, "0"}};
  const LayerMarks layers{
      {1, {"inner", true}}, {2, {"dense", false}}, {3, {"rnn", false}}, {4, {"cell", false}}};
  const Ownership ownership(graph, layers);
  EXPECT_EQ(ownership.layer(5), "inner/dense");
  EXPECT_EQ(ownership.path(5), "inner/dense/kernel");
  EXPECT_EQ(ownership.layer(4), "rnn");
  EXPECT_EQ(ownership.layer(0), "");
}

TEST(OwnershipTest, TellsStateOfOptimizersFromVariablesThatTheyUpdate) {
  ObjectGraph graph;  // as Keras 3: the optimizer lists what it updates nearer to the root
  graph.nodes.resize(8);
  graph.nodes[0].children = {{1, "model"}, {2, "optimizer"}};
  graph.nodes[1].children = {{3, "_operations"}};
  graph.nodes[3].children = {{4, "0"}};
  graph.nodes[4].children = {{5, "kernel"}};
  graph.nodes[2].children = {{7, "_variables"}, {3, "_trainable_variables"}, {5, "first"}};
  graph.nodes[7].children = {{6, "0"}};
  const LayerMarks none;
  const Ownership ownership(graph, none);
  EXPECT_EQ(ownership.role(6), Role::kOptimizer);
  EXPECT_EQ(ownership.role(5), Role::kWeight);
  EXPECT_EQ(ownership.path(5), "model/_operations/0/kernel");
}

TEST(KerasMetadataTest, TellsConfigBeforeAndAfterItMoved) {
  std::vector<Fault> faults;
  const auto before = keras_metadata({{0, "root", "_tf_keras_network",
                                       R"({"class_name":"Functional","config":{"layers":[]},
            "model_config":{"class_name":"Functional","config":{"layers":[],"x":NaN}}})"}},
                                     faults);
  EXPECT_TRUE(before.config["config"].contains("x"));
  EXPECT_EQ(faults.size(), 1U);
  const auto subclass = keras_metadata(
      {{0, "root", "_tf_keras_model", R"({"class_name":"Mine","config":{"a":1}})"}}, faults);
  EXPECT_TRUE(subclass.config.is_null());
  EXPECT_THROW(keras_metadata({{0, "root", "_tf_keras_model", "{"}}, faults), InputError);
}

}  // namespace
}  // namespace kerasan::formats::tensorflow
