#include "formats/tensorflow/ownership.h"

#include <algorithm>
#include <array>
#include <deque>
#include <string_view>

#include "base/error.h"
#include "formats/place_names.h"

namespace kerasan::formats::tensorflow {
namespace {

constexpr int kMaxDepth = 256;

// Lists that Keras keeps for its own use; what is in them belongs to somebody else as well.
constexpr std::array<std::string_view, 8> kLists{
    "variables",  "trainable_variables",   "non_trainable_variables", "keras_api",
    "signatures", "regularization_losses", "_trainable_variables",    "_non_trainable_variables"};

bool is_list(const ObjectChild& child) {
  return std::ranges::find(kLists, child.name) != kLists.end();
}

bool is_metric(const ObjectGraph& graph, const ObjectChild& child) {
  return graph.nodes[child.node].identifier == "_tf_keras_metric" || child.name == "metrics" ||
         child.name == "_metrics" || child.name == "_compile_metrics";
}

// What is looked into later, in this order.
enum Pass { kOptimizers, kMetrics, kLaterLists, kCopies, kPasses };

}  // namespace

class OwnershipWalk {
 public:
  using Link = Ownership::Link;

  OwnershipWalk(const ObjectGraph& graph, const LayerMarks& layers)
      : graph_(graph), layers_(layers), links_(graph.nodes.size()), seen_(graph.nodes.size()) {}

  std::vector<Link> run() {
    if (graph_.nodes.empty()) return {};
    Link root;
    root.role = Role::kWeight;
    follow({0, root}, false);
    for (int pass = 0; pass < kPasses;) {
      if (later_[pass].empty()) {
        ++pass;
        continue;
      }
      const Start start = later_[pass].front();
      later_[pass].pop_front();
      follow(start, pass != kOptimizers);
      pass = 0;  // a list can lead to what comes before it
    }
    return std::move(links_);
  }

 private:
  struct Start {
    std::size_t node;
    Link link;
  };

  void follow(const Start& start, bool lists) {
    if (seen_[start.node]) return;
    take(start);
    std::deque<std::size_t> queue{start.node};
    for (; !queue.empty(); queue.pop_front()) {
      for (const ObjectChild& child : graph_.nodes[queue.front()].children) {
        if (seen_[child.node]) {
          rename(queue.front(), child);
          continue;
        }
        Start next = below(queue.front(), child);
        if (put_off(child, next, lists)) continue;
        take(next);
        queue.push_back(child.node);
      }
    }
  }

  // One parent holds a layer as "layer_with_weights-0" and as "layer-2"; the latter is its place.
  void rename(std::size_t parent, const ObjectChild& child) {
    Link& link = links_[child.node];
    const bool other = link.name != nullptr && link.parent == parent;
    if (other && counts_layers_with_weights(*link.name) && counts_layers(child.name)) {
      link.name = &child.name;
    }
  }

  void take(const Start& start) {
    seen_[start.node] = true;
    links_[start.node] = start.link;
  }

  bool put_off(const ObjectChild& child, Start& next, bool lists) {
    const bool weight = next.link.role == Role::kWeight;
    if (weight && is_optimizer(graph_, child)) return later(kOptimizers, next, Role::kOptimizer);
    if (weight && is_metric(graph_, child)) return later(kMetrics, next, Role::kMetric);
    if (child.name == "_all_variables") return later(kCopies, next, Role::kCopy);
    if (lists || !is_list(child)) return false;
    // An optimizer lists the variables that it updates, too: they are not its own.
    const bool updated = next.link.role == Role::kOptimizer;
    return later(kLaterLists, next, updated ? Role::kWeight : next.link.role);
  }

  bool later(Pass pass, Start& start, Role role) {
    start.link.role = role;
    later_[pass].push_back(start);
    return true;
  }

  // Layers inside a model are layers of their own; those inside another layer are part of it.
  Start below(std::size_t node, const ObjectChild& child) const {
    Link link = links_[node];
    link.parent = node;
    link.name = &child.name;
    const auto mark = layers_.find(child.node);
    if (mark == layers_.end() || !link.open) return {child.node, link};
    link.layer = child.node;
    link.open = mark->second.model;
    return {child.node, link};
  }

  const ObjectGraph& graph_;
  const LayerMarks& layers_;
  std::vector<Link> links_;
  std::vector<bool> seen_;
  std::array<std::deque<Start>, kPasses> later_;
};

Ownership::Ownership(const ObjectGraph& graph, const LayerMarks& layers)
    : layers_(layers), links_(OwnershipWalk(graph, layers).run()) {
  for (const ObjectNode& node : graph.nodes) {
    for (const OptimizerSlot& slot : node.slots) {
      slots_.emplace(slot.slot, slot);
      links_[slot.slot].role = Role::kOptimizer;
    }
  }
}

std::string Ownership::path(std::size_t node) const {
  if (const OptimizerSlot* of = slot(node); of != nullptr) {
    // A slot of a slot does not exist; a damaged file must not lead in circles.
    return (slot(of->variable) == nullptr ? path(of->variable) + "/" : "") + of->name;
  }
  std::string path;
  for (int depth = 0; links_.at(node).name != nullptr; ++depth) {
    if (depth == kMaxDepth) throw InputError("objects nested more than 256 deep");
    path = *links_[node].name + (path.empty() ? "" : "/") + path;
    node = links_[node].parent;
  }
  return path;
}

std::string Ownership::layer(std::size_t node) const {
  if (const OptimizerSlot* of = slot(node); of != nullptr) node = of->variable;
  std::string names;
  std::size_t layer = links_.at(node).layer;
  for (int depth = 0; layer != 0; ++depth) {
    if (depth == kMaxDepth) throw InputError("models nested more than 256 deep");
    names = layers_.at(layer).name + (names.empty() ? "" : "/") + names;
    layer = links_[links_[layer].parent].layer;
  }
  return names;
}

const OptimizerSlot* Ownership::slot(std::size_t node) const {
  const auto found = slots_.find(node);
  return found == slots_.end() ? nullptr : &found->second;
}

bool is_optimizer(const ObjectGraph& graph, const ObjectChild& child) {
  const ObjectNode& node = graph.nodes[child.node];
  return child.name == "optimizer" || child.name == "_optimizer" || !node.slots.empty() ||
         node.identifier == "optimizer" || node.identifier == "experimentalOptimizer" ||
         node.child("_iterations") != nullptr || node.child("iter") != nullptr;
}

}  // namespace kerasan::formats::tensorflow
