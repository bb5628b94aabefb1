// The operations of a GraphDef with their attributes and constants
// (tensorflow/core/framework/{graph,node_def,attr_value,tensor}.proto).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/tensor.h"

namespace kerasan::formats::tensorflow {

// What the protocol buffer holds; the others are empty.
struct Attribute {
  std::optional<std::int64_t> integer;
  std::optional<double> number;
  std::optional<bool> flag;
  std::optional<DType> type;
  std::optional<std::string> text;
  std::optional<Tensor> tensor;
  std::vector<std::int64_t> integers;  // a list of numbers
};

struct GraphNode {
  std::string name;
  std::string op;
  std::vector<std::string> inputs;  // "name", "name:1", "^name" as written
  std::map<std::string, Attribute> attributes;
};

// Throws InputError where it is damaged, has more nodes than `limit` or a constant of more than
// four million elements.
std::vector<GraphNode> read_graph_nodes(std::string_view message, std::size_t limit);

}  // namespace kerasan::formats::tensorflow
