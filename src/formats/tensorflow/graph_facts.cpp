#include "formats/tensorflow/graph_facts.h"

#include <set>

namespace kerasan::formats::tensorflow {
namespace {

constexpr std::size_t kMaxFaults = 100;

Json tensors(const std::map<std::string, SignatureTensor>& side) {
  Json all = Json::object();
  for (const auto& [name, tensor] : side) {
    Json shape = nullptr;
    if (tensor.shape.known_rank) {
      shape = Json::array();
      for (const std::int64_t dim : tensor.shape.dims) {
        shape.push_back(dim < 0 ? Json(nullptr) : Json(dim));
      }
    }
    all[name] = {{"dtype", tensor.dtype}, {"shape", shape}};
  }
  return all;
}

Json signatures(const MetaGraph& graph) {
  Json all = Json::object();
  for (const auto& [name, signature] : graph.signatures) {
    all[name] = {{"method", signature.method},
                 {"inputs", tensors(signature.inputs)},
                 {"outputs", tensors(signature.outputs)}};
  }
  return all;
}

Json function_facts(const GraphFunction& function) {
  Json calls = Json::array();
  for (const GraphCall& call : function.calls) calls.push_back(call.callee);
  return {{"name", function.name}, {"ops", function.ops}, {"calls", calls}};
}

class Facts {
 public:
  Facts(const MetaGraph& graph, const ObjectGraph& objects, const LayerMarks& layers)
      : graph_(graph), objects_(objects), ownership_(objects, layers) {}

  Json functions() {
    for (std::size_t node = 0; node < objects_.nodes.size(); ++node) {
      for (const std::string& name : objects_.nodes[node].functions) {
        add(name, ownership_.path(node));
      }
    }
    return std::move(all_);
  }

 private:
  void add(const std::string& name, const std::string& owner) {
    const auto function = graph_.functions.find(name);
    if (function == graph_.functions.end() || !seen_.insert(name).second) return;
    Json facts = function_facts(function->second);
    facts["owner"] = owner;
    if (const auto bound = objects_.bound.find(name); bound != objects_.bound.end()) {
      facts["reads"] = reads(function->second, bound->second);
    }
    all_.push_back(std::move(facts));
  }

  // The objects are bound to the last arguments.
  Json reads(const GraphFunction& function, const std::vector<std::int64_t>& bound) const {
    Json paths = Json::array();
    if (bound.size() > function.read.size()) return paths;
    const std::size_t first = function.read.size() - bound.size();
    for (std::size_t i = 0; i < bound.size(); ++i) {
      const auto node = static_cast<std::size_t>(bound[i]);
      if (!function.read[first + i] || node >= objects_.nodes.size()) continue;
      if (objects_.nodes[node].variable) paths.push_back(ownership_.path(node));
    }
    return paths;
  }

  const MetaGraph& graph_;
  const ObjectGraph& objects_;
  Ownership ownership_;
  std::set<std::string> seen_;
  Json all_ = Json::array();
};

}  // namespace

Json graph_facts(const std::vector<MetaGraph>& graphs, const MetaGraph& graph,
                 const LayerMarks& layers) {
  Json tags = Json::array();
  for (const MetaGraph& each : graphs) tags.push_back(each.tags);
  Json facts = {{"tensorflow_version", graph.tensorflow_version},
                {"tags", tags},
                {"signatures", signatures(graph)}};
  if (const auto main = graph.functions.find(""); main != graph.functions.end()) {
    facts["graph"] = function_facts(main->second);
  }
  if (graph.objects) facts["functions"] = Facts(graph, *graph.objects, layers).functions();
  return facts;
}

void note_graph_faults(const MetaGraph& graph, ModelFile& file) {
  std::size_t count = 0;
  const auto note = [&](const std::string& subject, const std::string& message) {
    if (++count <= kMaxFaults) file.faults.push_back({kDuplicateName, subject, message});
  };
  for (const std::string& name : graph.repeated_functions) {
    note(name, "two functions have the name \"" + name + "\"");
  }
  for (const auto& [name, function] : graph.functions) {
    for (const std::string& node : function.repeated) {
      note(node, "two nodes of " + (name.empty() ? "the graph" : "function \"" + name + "\"") +
                     " have the name \"" + node + "\"");
    }
  }
}

}  // namespace kerasan::formats::tensorflow
