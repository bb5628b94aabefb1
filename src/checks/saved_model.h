// The model that a saved file describes: its layers, the shapes they see, and their weights.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "formats/model_file.h"
#include "reference/layer_shapes.h"

namespace kerasan::checks {

// A tensor that a layer, or the model's outputs, take.
struct TensorReference {
  std::string layer;
  std::int64_t node = 0, tensor = 0;
  bool positional = true;
};

struct SavedLayer {
  std::string path;  // "outer/inner" for a layer of a model inside
  std::string name;
  std::string class_name;
  const formats::Json* config = nullptr;  // arguments; nullptr where it has none
  bool is_model = false;                  // its layers follow
  bool builtin = true;    // false where the file itself says that the class is not of Keras
  bool trainable = true;  // with that of the models around it
  std::vector<std::vector<TensorReference>> nodes;  // each call of the layer
  std::vector<reference::MaybeDims> inputs;         // of the first call
  reference::ShapesOrReason shapes;
  std::vector<const formats::Weight*> weights;  // those that the file lists under it
};

// One Sequential or functional model, the outermost or one inside.
struct SavedGraph {
  std::string path;  // empty: the outermost
  std::string class_name;
  bool functional = false;
  std::vector<std::string> layers;  // names in the order of the config
  std::vector<TensorReference> inputs, outputs;
};

struct SavedModel {
  explicit SavedModel(const formats::ModelFile& from);
  SavedModel(const SavedModel&) = delete;
  SavedModel& operator=(const SavedModel&) = delete;

  const SavedLayer* layer(const std::string& path) const;

  const formats::ModelFile& file;
  std::vector<SavedGraph> graphs;
  std::vector<SavedLayer> layers;  // models first, then the layers inside of them
  std::string unknown;             // why the layers are not known; empty: they are

 private:
  std::map<std::string, std::size_t> by_path_;  // the first of that path
};

// Every tensor inside a node of `inbound_nodes`, or inside `output_layers`, of any generation.
std::vector<TensorReference> references_in(const formats::Json& value);
// A shape of the config: [null, 3] as Dims; nullopt for anything else.
reference::MaybeDims dims_of(const formats::Json& value);
std::string dims_text(const Dims& dims);

}  // namespace kerasan::checks
