// Claim: the layers of a saved model are connected, and each has a name of its own.
#include <set>

#include "checks/call_cycle.h"
#include "checks/file_rule.h"

namespace kerasan::checks {
namespace {

class SavedGraphConnected : public FileRule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "saved-graph-connected", "wrong-structure", 3,
        "In the config of a saved model, each layer has a name of its own, every tensor that a "
        "layer or the model takes comes from a layer and a call that are there, no call waits for "
        "its own result, and from every layer a path leads to an output of the model (or to a loss "
        "or metric added to it)."};
    return info;
  }

  void on_file(const SavedModel& model, Verdicts& verdicts) override {
    if (!model.unknown.empty()) return verdicts.not_checked(info().name, model.unknown);
    for (const SavedGraph& graph : model.graphs) {
      const std::uint64_t before = faults_;
      names(model, graph, verdicts);
      if (graph.functional) {
        origins(model, graph, verdicts);
        circles(model, graph, verdicts);
        reach(model, graph, verdicts);
      }
      if (faults_ == before) verdicts.agrees(info().name, graph.layers.size());
    }
  }

 private:
  static std::string inside(const SavedGraph& graph, const std::string& layer) {
    return graph.path.empty() ? layer : graph.path + "/" + layer;
  }

  void report(const SavedModel& model, const SavedGraph& graph, const std::string& layer,
              const std::string& claimed, const std::string& message, Verdicts& verdicts) {
    ++faults_;
    Finding finding = file_finding(info(), model, inside(graph, layer));
    finding.claimed = claimed;
    finding.message = message;
    finding.identity += "/" + claimed;
    verdicts.disagrees(std::move(finding));
  }

  void names(const SavedModel& model, const SavedGraph& graph, Verdicts& verdicts) {
    std::set<std::string> met;
    for (const std::string& name : graph.layers) {
      if (name.empty() || met.insert(name).second) continue;
      report(model, graph, name, "one layer of the name " + name,
             "two layers of the saved model have the name " + name, verdicts);
    }
  }

  void origins(const SavedModel& model, const SavedGraph& graph, Verdicts& verdicts) {
    const auto check = [&](const std::string& taker, const TensorReference& from) {
      const SavedLayer* layer = model.layer(inside(graph, from.layer));
      const auto calls = layer == nullptr ? 0 : std::max<std::size_t>(layer->nodes.size(), 1);
      // Calls of a model inside are counted from where it was made, not from 0.
      const bool counted = layer != nullptr && !layer->is_model;
      if (layer != nullptr && !counted && from.node >= 0) return;
      if (counted && from.node >= 0 && static_cast<std::size_t>(from.node) < calls) return;
      const std::string what = "output " + std::to_string(from.tensor) + " of call " +
                               std::to_string(from.node) + " of " + from.layer;
      report(model, graph, taker, what,
             taker + " takes " + what + ", but the saved model has no such " +
                 (layer == nullptr ? "layer" : "call"),
             verdicts);
    };
    for (const std::string& name : graph.layers) {
      const SavedLayer* layer = model.layer(inside(graph, name));
      if (layer == nullptr) continue;
      for (const auto& node : layer->nodes) {
        for (const TensorReference& from : node) check(name, from);
      }
    }
    for (const TensorReference& from : graph.inputs) check("the model's inputs", from);
    for (const TensorReference& from : graph.outputs) check("the model's outputs", from);
  }

  void circles(const SavedModel& model, const SavedGraph& graph, Verdicts& verdicts) {
    const std::vector<std::string> circle = call_cycle(model, graph);
    if (circle.empty()) return;
    std::string way;
    for (std::size_t i = 0; i < std::min<std::size_t>(circle.size(), 5); ++i)
      way += circle[i] + ", ";
    if (circle.size() > 5) way += "… ";
    report(model, graph, circle.front(), "a circle of " + std::to_string(circle.size()) + " calls",
           "calls of the saved model wait for each other in a circle: " + way + "and again " +
               circle.front(),
           verdicts);
  }

  void reach(const SavedModel& model, const SavedGraph& graph, Verdicts& verdicts) {
    std::set<std::string> reached;
    std::vector<std::string> open;
    for (const TensorReference& from : graph.outputs) open.push_back(from.layer);
    for (const TensorReference& from : graph.inputs) reached.insert(from.layer);
    for (const std::string& name : graph.layers) {
      const SavedLayer* layer = model.layer(inside(graph, name));
      // What a program added to the loss or to the metrics is an end of its own.
      if (layer != nullptr &&
          (layer->class_name == "AddLoss" || layer->class_name == "AddMetric")) {
        open.push_back(name);
      }
    }
    while (!open.empty()) {
      const std::string name = open.back();
      open.pop_back();
      if (!reached.insert(name).second) continue;
      const SavedLayer* layer = model.layer(inside(graph, name));
      if (layer == nullptr) continue;
      for (const auto& node : layer->nodes) {
        for (const TensorReference& from : node) open.push_back(from.layer);
      }
    }
    for (const std::string& name : graph.layers) {
      if (reached.contains(name)) continue;
      report(model, graph, name, "a layer of the model",
             "the layer " + name + " of the saved model leads to none of its outputs", verdicts);
    }
  }

  std::uint64_t faults_ = 0;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<SavedGraphConnected>(); }};

}  // namespace
}  // namespace kerasan::checks
