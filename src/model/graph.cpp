#include "model/graph.h"

#include <map>
#include <set>

#include "model/fields.h"

namespace kerasan::model {
namespace {

using Key = std::pair<std::string, std::int64_t>;
const Json kNone = Json::array();

const Json& list_of(const Json& body, const char* name) {
  const Json* held = find_field(body, name);
  return held != nullptr && held->is_array() ? *held : kNone;
}

std::vector<GraphTensor> tensors_of(const Json& list) {
  std::vector<GraphTensor> out;
  for (const auto& item : list)
    if (item.is_array() && item.size() == 3 && item[0].is_string())
      out.push_back(
          {item[0].get<std::string>(), item[1].get<std::int64_t>(), item[2].get<std::int64_t>()});
  return out;
}

// One model, or one call of a model inside another.
struct Scope {
  std::string prefix;
  Json training;  // given to the call around it, or null
  std::map<std::string, const Json*> layers;
  std::map<Key, const Json*> nodes;
  std::map<Key, GraphTensor> inputs;  // what stands for the placeholders of the model
  std::vector<GraphTensor> outputs;   // in its own names
};

class Walk {
 public:
  explicit Walk(Graph& graph) : graph_(graph) {}

  Scope open(const Json& layers, const Json& graph, std::string prefix, Json training) {
    Scope scope{std::move(prefix), std::move(training), {}, {}, {}, {}};
    for (const auto& layer : layers) scope.layers[string_or(layer, "id", "")] = &layer;
    for (const auto& node : list_of(graph, "nodes"))
      scope.nodes[{string_or(node, "layer", ""), optional_integer(node, "index").value_or(0)}] =
          &node;
    scope.outputs = tensors_of(list_of(graph, "outputs"));
    if (scope.outputs.empty()) fail("the graph of a model is not known");
    return scope;
  }
  // The tensor in the names of the whole graph, with everything that it needs in the order.
  GraphTensor resolve(const GraphTensor& tensor, Scope& scope, int depth) {
    const Key key{tensor.layer, tensor.node};
    if (const auto input = scope.inputs.find(key); input != scope.inputs.end())
      return input->second;
    const GraphTensor named{scope.prefix + tensor.layer, tensor.node, tensor.tensor};
    if (!graph_.unknown.empty() || done_.contains({named.layer, named.node})) return named;
    const auto layer = scope.layers.find(tensor.layer);
    const auto node = scope.nodes.find(key);
    if (layer == scope.layers.end() || node == scope.nodes.end() || depth > kDeepest) {
      fail("an operation that is no layer of the model");
      return named;
    }
    GraphNode call{named.layer, named.node, layer->second, {}, arguments(*node->second, scope)};
    for (const auto& input : tensors_of(list_of(*node->second, "inputs")))
      call.inputs.push_back(resolve(input, scope, depth + 1));
    if (call.inputs.empty()) fail("an operation without inputs");
    if (layer->second->contains("layers")) return inside(call, tensor.tensor, depth);
    done_.insert({named.layer, named.node});
    graph_.order.push_back(std::move(call));
    return named;
  }

 private:
  static constexpr int kDeepest = 2000;

  void fail(const char* reason) {
    if (graph_.unknown.empty()) graph_.unknown = reason;
  }
  static Json arguments(const Json& node, const Scope& scope) {
    Json out = node.value("arguments", Json());
    if (out.is_object() && out.value("training", Json()).is_null() && !scope.training.is_null())
      out["training"] = scope.training;
    return out;
  }
  // A model called as a layer.
  GraphTensor inside(const GraphNode& call, std::int64_t tensor, int depth) {
    const Json& layer = *call.of;
    const std::string prefix = call.layer + "#" + std::to_string(call.index) + "/";
    auto found = inner_.find(prefix);
    if (found == inner_.end()) {
      const Json* graph = find_field(layer, "graph");
      if (graph == nullptr) fail("a model inside the model whose graph is not known");
      if (!call.arguments.is_object()) fail("a model whose call was not recorded");
      for (const auto& [name, given] :
           (call.arguments.is_object() ? call.arguments : kNone).items())
        if (name != "training" && !given.is_null()) fail("call arguments of a model");
      const Json training =
          call.arguments.is_object() ? call.arguments.value("training", Json()) : Json();
      Scope scope =
          open(list_of(layer, "layers"), graph == nullptr ? kNone : *graph, prefix, training);
      const auto inputs = tensors_of(graph == nullptr ? kNone : list_of(*graph, "inputs"));
      if (inputs.size() != call.inputs.size()) fail("another number of inputs than a model has");
      for (std::size_t k = 0; k < inputs.size() && k < call.inputs.size(); ++k)
        scope.inputs[{inputs[k].layer, inputs[k].node}] = call.inputs[k];
      found = inner_.emplace(prefix, std::move(scope)).first;
    }
    if (tensor < 0 || std::size_t(tensor) >= found->second.outputs.size() ||
        !graph_.unknown.empty()) {
      fail("an output that a model does not have");
      return {};
    }
    return resolve(found->second.outputs[std::size_t(tensor)], found->second, depth + 1);
  }

  Graph& graph_;
  std::set<Key> done_;
  std::map<std::string, Scope> inner_;
};

void gather_leaves(const Json& layers, std::set<std::string>& seen, std::vector<const Json*>& out) {
  for (const auto& layer : layers) {
    if (layer.contains("layers"))
      gather_leaves(layer["layers"], seen, out);
    else if (seen.insert(string_or(layer, "id", "")).second)
      out.push_back(&layer);
  }
}

}  // namespace

Graph graph_of(const Json& model) {
  Graph graph;
  graph.inputs = tensors_of(list_of(model, "inputs"));
  if (graph.inputs.empty()) {
    graph.unknown = "the graph of the model is not known";
    return graph;
  }
  Walk walk(graph);
  Scope scope = walk.open(list_of(model, "layers"), model, "", Json());
  for (const auto& input : graph.inputs) scope.inputs[{input.layer, input.node}] = input;
  for (const auto& output : scope.outputs) graph.outputs.push_back(walk.resolve(output, scope, 0));
  return graph;
}

std::vector<const Json*> leaf_layers(const Json& model) {
  std::vector<const Json*> out;
  std::set<std::string> seen;
  gather_leaves(list_of(model, "layers"), seen, out);
  return out;
}

}  // namespace kerasan::model
