// The graph of a sequential or functional model, as a `model` event tells it.
#pragma once

#include <string>
#include <vector>

#include "model/run.h"

namespace kerasan::model {

// A tensor: which output of which call of which layer. `layer` is the layer's id, behind the calls
// of the models that it is inside of: "layer:4#0/layer:2".
struct GraphTensor {
  std::string layer;
  std::int64_t node = 0, tensor = 0;
};

// One call of a layer that is no model itself.
struct GraphNode {
  std::string layer;  // as in GraphTensor
  std::int64_t index = 0;
  const Json* of = nullptr;  // the layer, inside the event
  std::vector<GraphTensor> inputs;
  // Other arguments of the call; null where they were not recorded. `training` may be that of a
  // model around it.
  Json arguments;
};

struct Graph {
  std::vector<GraphNode> order;  // each after those that it needs
  std::vector<GraphTensor> inputs, outputs;
  std::string unknown;  // why it is not known; the rest is then empty
};

// Models inside the model are followed into. The event must outlive the graph.
Graph graph_of(const Json& model);

// Every layer of a model or inside a model of it that is no model itself, each once.
std::vector<const Json*> leaf_layers(const Json& model);

}  // namespace kerasan::model
