// Names of layers for weights that a file tells by place.
#include "formats/place_names.h"

#include <gtest/gtest.h>

namespace kerasan::formats {
namespace {

const Json kModel = Json::parse(R"({"class_name": "Functional", "config": {"name": "m", "layers": [
  {"class_name": "InputLayer", "name": "in", "config": {"name": "in"}},
  {"class_name": "Dense", "name": "shared", "config": {"name": "shared"}},
  {"class_name": "Sequential", "name": "inner", "config": {"name": "inner", "layers": [
    {"class_name": "Dense", "config": {"name": "a"}}, {"class_name": "Dense", "config": {"name": "b"}}]}},
  {"class_name": "Dense", "name": "dense", "config": {"name": "dense"}}]}})");

ModelFile with(const std::string& layout, const std::string& place, const std::string& layer = "") {
  ModelFile file;
  file.layout = layout;
  Weight weight;
  weight.place = place;
  weight.layer = layer;
  weight.name = "0";
  file.weights.push_back(weight);
  return file;
}

TEST(PlaceNamesTest, CountsLayersOfCheckpoints) {
  ModelFile file = with("checkpoint", "layer-3/cell/kernel");
  EXPECT_EQ(name_layers(file, kModel), "");
  EXPECT_EQ(file.weights[0].layer, "dense");
  EXPECT_EQ(file.weights[0].name, "cell/kernel");
  ModelFile keras3 = with("checkpoint", "model/_operations/2/_functional/_operations/1/_kernel");
  EXPECT_EQ(name_layers(keras3, kModel), "");
  EXPECT_EQ(keras3.weights[0].layer, "inner/b");
  EXPECT_EQ(keras3.weights[0].name, "kernel");
}

TEST(PlaceNamesTest, CountsAnInputThatTheConfigDoesNotHave) {
  ModelFile file = with("checkpoint", "layer-2/layer-1/kernel");
  file.numbered_layers = {{"", 4}, {"layer-2", 3}};
  EXPECT_EQ(name_layers(file, kModel), "");
  EXPECT_EQ(file.weights[0].layer, "inner/a");
}

TEST(PlaceNamesTest, LeavesInputsOutWhereTheFileDoes) {
  ModelFile file = with("checkpoint", "layer-0/kernel");
  file.numbered_layers = {{"", 3}};
  EXPECT_EQ(name_layers(file, kModel), "");
  EXPECT_EQ(file.weights[0].layer, "shared");
}

TEST(PlaceNamesTest, TellsNamesFromClassAndCount) {
  ModelFile counted = with("keras-3", "dense", "dense");  // the first Dense, whatever its name
  EXPECT_EQ(name_layers(counted, kModel), "");
  EXPECT_EQ(counted.weights[0].layer, "shared");
  ModelFile named = with("keras-3", "", "dense");
  EXPECT_EQ(name_layers(named, kModel), "");
  EXPECT_EQ(named.weights[0].layer, "dense");
}

TEST(PlaceNamesTest, ChangesNothingWhereAPlaceIsNotInTheConfig) {
  for (const char* place : {"layer-4/kernel", "layer-99999999999999999999/kernel", "variables/0",
                            "", "layer-3", "_operations/x/kernel", "_layers"}) {
    ModelFile file = with("checkpoint", place);
    EXPECT_NE(name_layers(file, kModel), "") << place;
    EXPECT_EQ(file.weights[0].layer, "");
  }
  ModelFile other = with("checkpoint", "layer-1/kernel");
  other.numbered_layers = {{"", 9}};
  EXPECT_NE(name_layers(other, kModel), "");
}

}  // namespace
}  // namespace kerasan::formats
