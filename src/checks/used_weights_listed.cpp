// Claim: what a model uses between its inputs and outputs is in the model.
#include <set>

#include "checks/rule.h"
#include "model/fields.h"

namespace kerasan::checks {
namespace {

using model::Json;

// A tensor of a model: [layer, node, tensor].
using Node = std::pair<std::string, std::int64_t>;
std::optional<Node> node_of(const Json& tensor) {
  if (!tensor.is_array() || tensor.size() != 3 || !tensor[0].is_string() ||
      !tensor[1].is_number_integer())
    return std::nullopt;
  return Node{tensor[0].get<std::string>(), tensor[1].get<std::int64_t>()};
}

const Json& list_of(const Json& body, const char* name) {
  static const Json none = Json::array();
  const Json* held = model::find_field(body, name);
  return held != nullptr && held->is_array() ? *held : none;
}

// A layer that the outputs need and the model does not list; nullopt if there is none.
std::optional<std::string> missing_layer(const Json& body) {
  std::map<Node, const Json*> nodes;
  std::set<std::string> layers;
  std::set<Node> done;
  std::vector<Node> queue;
  for (const Json& node : list_of(body, "nodes"))
    nodes[{model::string_or(node, "layer", ""),
           model::optional_integer(node, "index").value_or(0)}] = &node;
  for (const Json& layer : list_of(body, "layers"))
    layers.insert(model::string_or(layer, "id", ""));
  for (const Json& input : list_of(body, "inputs"))
    if (const auto node = node_of(input)) done.insert(*node);
  for (const Json& output : list_of(body, "outputs"))
    if (const auto node = node_of(output)) queue.push_back(*node);
  while (!queue.empty()) {
    const Node at = queue.back();
    queue.pop_back();
    if (!done.insert(at).second) continue;
    if (!layers.contains(at.first)) return at.first;
    const auto found = nodes.find(at);
    if (found == nodes.end()) continue;
    for (const Json& input : list_of(*found->second, "inputs"))
      if (const auto node = node_of(input)) queue.push_back(*node);
  }
  return std::nullopt;
}

class UsedWeightsListed : public Rule {
 public:
  const RuleInfo& info() const override {
    static const RuleInfo info{
        "used-weights-listed", "wrong-structure", 4,
        "Every layer that a model needs between its inputs and outputs is among its layers, and "
        "every weight of a layer that its operations read is among its weights, to be trained "
        "and saved with it."};
    return info;
  }

  void on_event(const model::Event& event, const model::Run& run, Verdicts& verdicts) override {
    if (event.kind != "model") return;
    const std::string structure = model::string_or(event.body, "structure", "");
    const std::string id = std::to_string(event.pid) + model::string_or(event.body, "id", "");
    if (structure == "subclassed" || list_of(event.body, "outputs").empty()) return;
    // A model is recorded again and again; one structure is one claim.
    const std::string key = id + event.body.value("outputs", Json()).dump() +
                            std::to_string(list_of(event.body, "layers").size()) +
                            list_of(event.body, "unlisted").dump();
    if (seen_.size() > kSeenKept) seen_.clear();
    if (!seen_.insert(std::hash<std::string>{}(key)).second) return;
    const Json& weights = list_of(event.body, "unlisted");
    if (!weights.empty()) return report_weights(event, run, weights, verdicts);
    if (const auto layer = missing_layer(event.body))
      return report(event, run, *layer + " among the layers", "the outputs are made by " + *layer,
                    "needs " + *layer + " for its outputs and does not list it", "layer", verdicts);
    verdicts.agrees(info().name);
  }

 private:
  static constexpr std::size_t kSeenKept = 10000;

  void report_weights(const model::Event& event, const model::Run& run, const Json& weights,
                      Verdicts& verdicts) {
    const Json& first = weights.front();
    const std::string label = model::string_or(first, "class", "a layer") + " \"" +
                              model::string_or(first, "layer", "") + "\"";
    const std::string name = model::string_or(first, "weight", "a weight");
    std::string what = "uses " + name + " of " + label + " and does not list it among its weights";
    if (weights.size() > 1)
      what += "; " + std::to_string(weights.size() - 1) + " more are missing too";
    report(event, run, std::to_string(list_of(event.body, "weights").size()) + " weights",
           std::to_string(weights.size()) + " more are read", what, name, verdicts);
  }

  void report(const model::Event& event, const model::Run& run, const std::string& claimed,
              const std::string& so, const std::string& what, const std::string& identity,
              Verdicts& verdicts) {
    const std::string label = model::string_or(event.body, "name", "?");
    Finding finding = finding_of(info());
    finding.claimed = claimed;
    finding.recomputed = so;
    finding.where = where_of(event, run, "where");
    finding.message = "model \"" + label + "\" " + what + ".";
    finding.evidence = {{"unlisted", list_of(event.body, "unlisted")},
                        {"class", model::string_or(event.body, "class", "")}};
    finding.identity = label + "/" + identity;
    verdicts.disagrees(std::move(finding));
  }

  std::set<std::size_t> seen_;
};

const RuleRegistrar registrar{
    []() -> std::unique_ptr<Rule> { return std::make_unique<UsedWeightsListed>(); }};

}  // namespace
}  // namespace kerasan::checks
