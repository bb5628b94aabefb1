// The objects of a program that a checkpoint or a SavedModel knows: who holds whom under which
// name, which are variables, and which belong to an optimizer.
// TrackableObjectGraph (tensorflow/core/protobuf/trackable_object_graph.proto) and SavedObjectGraph
// (saved_object_graph.proto) say it with the same fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/tensorflow/tensor_shape.h"

namespace kerasan::formats::tensorflow {

struct ObjectChild {
  std::size_t node = 0;
  std::string name;
};

// `variable` has a companion that the optimizer keeps for it: Adam's "m", ...
struct OptimizerSlot {
  std::size_t variable = 0;
  std::string name;
  std::size_t slot = 0;
};

// A value of the object in the checkpoint.
struct ObjectValue {
  std::string name;       // "VARIABLE_VALUE"; otherwise state of another kind
  std::string full_name;  // of the variable: "dense/kernel"
  std::string key;        // in the index of the checkpoint
};

// What a SavedModel tells of a variable besides.
struct DeclaredVariable {
  std::string name;
  std::int64_t type = 0;
  DeclaredShape shape;
  bool trainable = false;
};

struct ObjectNode {
  std::vector<ObjectChild> children;
  std::vector<OptimizerSlot> slots;
  std::vector<ObjectValue> values;           // of a checkpoint
  std::optional<DeclaredVariable> variable;  // of a SavedModel
  std::string identifier;                    // of a SavedModel: "_tf_keras_layer", "optimizer", ...
  std::string metadata;                      // of a SavedModel: JSON, before keras_metadata.pb
  std::vector<std::string> functions;        // of a SavedModel: names in the graph's library

  const ObjectChild* child(std::string_view name) const;
};

struct ObjectGraph {
  std::vector<ObjectNode> nodes;  // the first is the root
  // Of a SavedModel: for each function, the objects that its last arguments are bound to.
  std::map<std::string, std::vector<std::int64_t>> bound;

  // The children of the list that a node holds under a name, in order; empty without one.
  std::vector<std::size_t> listed(std::size_t node, std::string_view name) const;
};

// Each throws InputError where the message is damaged or names a node that is not there.
ObjectGraph read_trackable_objects(std::string_view message);
ObjectGraph read_saved_objects(std::string_view message);

}  // namespace kerasan::formats::tensorflow
