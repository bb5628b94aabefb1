// What Keras writes of its objects into a SavedModel, as JSON: config, compile arguments, names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "formats/model_file.h"
#include "formats/tensorflow/ownership.h"
#include "formats/tensorflow/saved_model.h"

namespace kerasan::formats::tensorflow {

struct KerasMetadata {
  Json config;          // of the model; null where it was saved without one
  Json compile_config;  // or null
  LayerMarks layers;
};

// Nodes in keras_metadata.pb (from 2.5 on) or of the object graph (before). Faults of the JSON go
// to `faults`; throws InputError where it is none.
KerasMetadata keras_metadata(const std::vector<KerasNode>& nodes, std::vector<Fault>& faults);
std::vector<KerasNode> nodes_of(const ObjectGraph& graph);

// Tuples and shapes, which this JSON marks by a class, as lists: the form of other saved files.
Json plain(const Json& value);

}  // namespace kerasan::formats::tensorflow
