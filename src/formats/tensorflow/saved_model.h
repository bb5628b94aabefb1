// saved_model.pb: the graphs, signatures and objects of a SavedModel
// (tensorflow/core/protobuf/{saved_model,meta_graph}.proto).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/tensorflow/graph.h"
#include "formats/tensorflow/object_graph.h"

namespace kerasan::formats::tensorflow {

// A variable that a graph of TensorFlow 1 lists in a collection.
struct ListedVariable {
  std::string name;  // without ":0"
  bool trainable = false;
};

struct MetaGraph {
  std::vector<std::string> tags;
  std::string tensorflow_version;
  std::map<std::string, Signature> signatures;
  std::map<std::string, GraphFunction> functions;  // "": the graph itself
  std::vector<std::string> repeated_functions;
  std::vector<ListedVariable> variables;
  std::optional<ObjectGraph> objects;
};

// Throws InputError where it is damaged, or has no graph at all.
std::vector<MetaGraph> read_saved_model(std::string_view bytes);
// The one for predictions: tagged "serve", or else the first.
const MetaGraph& serving_graph(const std::vector<MetaGraph>& graphs);

// What Keras tells of an object in keras_metadata.pb.
struct KerasNode {
  std::size_t node = 0;
  std::string path;  // "root.layer_with_weights-0"
  std::string identifier;
  std::string metadata;  // JSON
};
std::vector<KerasNode> read_keras_metadata(std::string_view bytes);

}  // namespace kerasan::formats::tensorflow
