#include "formats/tensorflow/saved_model_weights.h"

#include <algorithm>
#include <deque>
#include <set>

#include "formats/tensorflow/checkpoint.h"
#include "formats/tensorflow/data_type.h"

namespace kerasan::formats::tensorflow {
namespace {

const OptimizerSlot* slot_of(const ObjectNode& optimizer, std::size_t variable,
                             const std::string& name) {
  const auto found = std::ranges::find_if(optimizer.slots, [&](const OptimizerSlot& slot) {
    return slot.variable == variable && slot.name == name;
  });
  return found == optimizer.slots.end() ? nullptr : &*found;
}

const ObjectValue* variable_value(const ObjectNode& node) {
  const auto found = std::ranges::find(node.values, kVariableValue, &ObjectValue::name);
  return found == node.values.end() ? nullptr : &*found;
}

// The order of the model's own list, then that of the file.
std::vector<std::size_t> in_order(const ObjectGraph& graph) {
  std::vector<std::size_t> order;
  std::set<std::size_t> seen;
  const auto add = [&](std::size_t node) {
    if (graph.nodes[node].variable && seen.insert(node).second) order.push_back(node);
  };
  for (const std::size_t node : graph.listed(0, "variables")) add(node);
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) add(node);
  return order;
}

void compare_declared(const DeclaredVariable& declared, const BundleEntry& entry,
                      const std::string& key, ModelFile& file) {
  const bool same_type = declared.type == 0 || declared.type == entry.type;
  if (same_type && compatible(declared.shape, entry.shape)) return;
  file.faults.push_back({kDeclaredOtherwise, key,
                         "\"" + declared.name + "\" is declared " + type_name(declared.type) + " " +
                             declared_text(declared.shape) + ", but its value is " +
                             type_name(entry.type) + " " + shape_text(entry.shape)});
}

class SavedObjects {
 public:
  SavedObjects(BundleWeights& weights, const TensorBundle& bundle, const ObjectGraph& saved,
               const LayerMarks& layers, ModelFile& file)
      : weights_(weights),
        bundle_(bundle),
        saved_(saved),
        file_(file),
        ownership_(saved, layers),
        stored_(weights.object_graph()),
        pairs_(pair_objects(saved, stored_)) {
    for (const std::size_t node : saved.listed(0, "variables")) flags_[node] = false;
    for (const std::size_t node : saved.listed(0, "trainable_variables")) flags_[node] = true;
  }

  void add() {
    for (const std::size_t node : in_order(saved_)) add_variable(node);
    for (const ObjectNode& node : stored_.nodes) {
      for (const ObjectValue& value : node.values) {
        if (value.name != kVariableValue) weights_.add_entry(value.key);
      }
    }
    weights_.report_orphans();
  }

 private:
  void add_variable(std::size_t node) {
    const DeclaredVariable& declared = *saved_.nodes[node].variable;
    const std::string path = ownership_.path(node);
    const ObjectValue* value =
        pairs_[node] ? variable_value(stored_.nodes[*pairs_[node]]) : nullptr;
    if (value == nullptr) {
      file_.faults.push_back(
          {kMissingWeight, path,
           "the variable \"" + declared.name + "\" (" + path + ") has no value in the checkpoint"});
      return;
    }
    if (const BundleEntry* entry = bundle_.find(value->key); entry != nullptr) {
      compare_declared(declared, *entry, value->key, file_);
    }
    const Role role = ownership_.role(node);
    if (role == Role::kMetric || role == Role::kCopy) return weights_.add_entry(value->key);
    Weight weight;
    weight.layer = ownership_.layer(node);
    weight.name = declared.name.empty() ? path : declared.name;
    if (role == Role::kOptimizer) return weights_.add(value->key, weight, file_.optimizer_weights);
    const auto flag = flags_.find(node);
    weight.trainable = flag == flags_.end() ? declared.trainable : flag->second;
    weights_.add(value->key, std::move(weight), file_.weights);
  }

  BundleWeights& weights_;
  const TensorBundle& bundle_;
  const ObjectGraph& saved_;
  ModelFile& file_;
  Ownership ownership_;
  ObjectGraph stored_;
  std::vector<std::optional<std::size_t>> pairs_;
  std::map<std::size_t, bool> flags_;  // as the model lists its variables
};

}  // namespace

std::vector<std::optional<std::size_t>> pair_objects(const ObjectGraph& saved,
                                                     const ObjectGraph& stored) {
  std::vector<std::optional<std::size_t>> pairs(saved.nodes.size());
  if (saved.nodes.empty() || stored.nodes.empty()) return pairs;
  pairs[0] = 0;
  std::deque<std::size_t> queue{0};
  for (; !queue.empty(); queue.pop_front()) {
    const ObjectNode& other = stored.nodes[*pairs[queue.front()]];
    std::map<std::string_view, std::size_t> by_name;
    for (const ObjectChild& child : other.children) by_name.emplace(child.name, child.node);
    for (const ObjectChild& child : saved.nodes[queue.front()].children) {
      const auto found = by_name.find(child.name);
      if (pairs[child.node] || found == by_name.end()) continue;
      pairs[child.node] = found->second;
      queue.push_back(child.node);
    }
  }
  for (std::size_t node = 0; node < saved.nodes.size(); ++node) {
    for (const OptimizerSlot& slot : saved.nodes[node].slots) {
      if (!pairs[node] || !pairs[slot.variable]) continue;
      const OptimizerSlot* other =
          slot_of(stored.nodes[*pairs[node]], *pairs[slot.variable], slot.name);
      if (other != nullptr) pairs[slot.slot] = other->slot;
    }
  }
  return pairs;
}

void add_saved_objects(BundleWeights& weights, const TensorBundle& bundle, const ObjectGraph& saved,
                       const LayerMarks& layers, ModelFile& file) {
  SavedObjects(weights, bundle, saved, layers, file).add();
}

void add_listed_variables(BundleWeights& weights, const TensorBundle& bundle,
                          const MetaGraph& graph, ModelFile& file) {
  add_checkpoint_weights(weights, bundle, file);
  std::map<std::string, bool> listed;
  for (const ListedVariable& variable : graph.variables) {
    listed.emplace(variable.name, variable.trainable);
  }
  std::set<std::string> found;
  for (const auto* side : {&file.weights, &file.optimizer_weights}) {
    for (const Weight& weight : *side) found.insert(weight.name);
  }
  for (Weight& weight : file.weights) {
    if (const auto flag = listed.find(weight.name); flag != listed.end()) {
      weight.trainable = flag->second;
    }
  }
  for (const auto& [name, trainable] : listed) {
    if (found.contains(name)) continue;
    file.faults.push_back(
        {kMissingWeight, name,
         "the graph has the variable \"" + name + "\", and the checkpoint has no value for it"});
  }
}

}  // namespace kerasan::formats::tensorflow
