// What each variable of an object graph is: a weight of a layer, state of an optimizer or of a
// metric, or something else.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "formats/tensorflow/object_graph.h"

namespace kerasan::formats::tensorflow {

enum class Role { kWeight, kOptimizer, kMetric, kCopy, kUnreachable };

// A node that the metadata of Keras describes.
struct LayerMark {
  std::string name;
  bool model = false;  // layers inside are layers of their own
};
using LayerMarks = std::map<std::size_t, LayerMark>;

// The same object hangs in many lists ("variables", "keras_api"); its owner is who holds it as an
// attribute, so those lists are followed last.
class Ownership {
 public:
  // Both must outlive it.
  Ownership(const ObjectGraph& graph, const LayerMarks& layers);

  Role role(std::size_t node) const { return links_.at(node).role; }
  // Names from the root: "layer_with_weights-0/kernel". Throws InputError beyond 256 of them.
  std::string path(std::size_t node) const;
  // Names of Keras layers, "outer/inner" inside a model; empty: the file does not tell.
  std::string layer(std::size_t node) const;
  // For a companion of a variable that an optimizer keeps: which, and its name there. Or nullptr.
  const OptimizerSlot* slot(std::size_t node) const;

 private:
  friend class OwnershipWalk;
  struct Link {
    Role role = Role::kUnreachable;
    std::size_t parent = 0;
    const std::string* name = nullptr;  // in the parent
    std::size_t layer = 0;              // the innermost layer that holds it; 0: none
    bool open = true;                   // a layer below it is a layer of its own
  };

  const LayerMarks& layers_;
  std::vector<Link> links_;
  std::map<std::size_t, OptimizerSlot> slots_;
};

bool is_optimizer(const ObjectGraph& graph, const ObjectChild& child);

}  // namespace kerasan::formats::tensorflow
