// Facts of the graphs in a SavedModel: GraphDef, FunctionDef and SignatureDef
// (tensorflow/core/framework/{graph,function,node_def}.proto, protobuf/meta_graph.proto).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/tensorflow/tensor_shape.h"

namespace kerasan::formats::tensorflow {

// A node that calls another function, and which of the caller's arguments become which of its own.
struct GraphCall {
  std::string callee;
  std::vector<std::pair<std::size_t, std::size_t>> arguments;  // {the caller's, the callee's}
};

struct GraphFunction {
  std::string name;  // empty: the graph itself
  std::vector<std::string> arguments;
  std::map<std::string, std::uint64_t> ops;  // how many nodes of each type
  std::vector<bool> read;  // for each argument: some op takes it, here or in a function called
  std::vector<GraphCall> calls;
  std::vector<std::string> repeated;  // names that more than one node has
};

struct SignatureTensor {
  std::string tensor;  // its name in the graph
  std::string dtype;
  DeclaredShape shape;
};

struct Signature {
  std::string method;
  std::map<std::string, SignatureTensor> inputs;
  std::map<std::string, SignatureTensor> outputs;
};

Signature read_signature(std::string_view message);
// The functions of a GraphDef by name, and the graph itself under "". Names of functions that are
// there twice go to `repeated`.
std::map<std::string, GraphFunction> read_graph(std::string_view message,
                                                std::vector<std::string>& repeated);

}  // namespace kerasan::formats::tensorflow
