// The graph of a sequential or functional model, as a `model` event tells it.
#pragma once

#include <string>
#include <vector>

#include "model/run.h"

namespace kerasan::model {

// A tensor: which output of which call of which layer.
struct GraphTensor {
  std::string layer;
  std::int64_t node = 0, tensor = 0;
};

// One call of a layer.
struct GraphNode {
  std::string layer;
  std::int64_t index = 0;
  std::vector<GraphTensor> inputs;
  Json arguments;  // other arguments of the call; null where they were not recorded
};

struct Graph {
  std::vector<GraphNode> order;  // each after those that it needs
  std::vector<GraphTensor> inputs, outputs;
  std::string unknown;  // why it is not known; the rest is then empty
};

Graph graph_of(const Json& model);

}  // namespace kerasan::model
