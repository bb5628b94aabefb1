#include "model/graph.h"

#include <map>
#include <set>

#include "model/fields.h"

namespace kerasan::model {
namespace {

using Key = std::pair<std::string, std::int64_t>;
const Json kNone = Json::array();

std::vector<GraphTensor> tensors_of(const Json& list) {
  std::vector<GraphTensor> out;
  for (const auto& item : list.is_array() ? list : Json::array())
    if (item.is_array() && item.size() == 3 && item[0].is_string())
      out.push_back(
          {item[0].get<std::string>(), item[1].get<std::int64_t>(), item[2].get<std::int64_t>()});
  return out;
}

class Walk {
 public:
  Walk(const Json& model, Graph& graph) : graph_(graph) {
    const Json* nodes = find_field(model, "nodes");
    for (const auto& node : nodes != nullptr && nodes->is_array() ? *nodes : kNone)
      nodes_[{string_or(node, "layer", ""), optional_integer(node, "index").value_or(0)}] = &node;
    for (const auto& input : graph.inputs) done_.insert({input.layer, input.node});
  }
  void need(const GraphTensor& tensor, int depth) {
    const Key key{tensor.layer, tensor.node};
    if (!graph_.unknown.empty() || done_.contains(key)) return;
    const auto found = nodes_.find(key);
    if (found == nodes_.end() || depth > kDeepest) {
      graph_.unknown = "an operation that is no layer of the model";
      return;
    }
    done_.insert(key);
    GraphNode node{tensor.layer, tensor.node, tensors_of(found->second->value("inputs", Json())),
                   found->second->value("arguments", Json())};
    if (node.inputs.empty()) graph_.unknown = "an operation without inputs";
    for (const auto& input : node.inputs) need(input, depth + 1);
    graph_.order.push_back(std::move(node));
  }

 private:
  static constexpr int kDeepest = 2000;
  Graph& graph_;
  std::map<Key, const Json*> nodes_;
  std::set<Key> done_;
};

}  // namespace

Graph graph_of(const Json& model) {
  Graph graph;
  graph.inputs = tensors_of(model.value("inputs", Json()));
  graph.outputs = tensors_of(model.value("outputs", Json()));
  if (graph.inputs.empty() || graph.outputs.empty()) {
    graph.unknown = "the graph of the model is not known";
    return graph;
  }
  Walk walk(model, graph);
  for (const auto& output : graph.outputs) walk.need(output, 0);
  return graph;
}

}  // namespace kerasan::model
