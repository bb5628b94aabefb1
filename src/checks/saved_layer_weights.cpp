#include "checks/saved_layer_weights.h"

#include "checks/saved_weights_match.h"

namespace kerasan::checks {
namespace {

using formats::Weight;
using Weights = std::vector<const Weight*>;
using ByLayer = std::map<std::string, Weights>;

void add_inside(const SavedModel& model, const std::string& outer,
                std::vector<const SavedLayer*>& all) {
  const std::string prefix = outer.empty() ? "" : outer + "/";
  for (const SavedLayer& layer : model.layers) {
    if (layer.path != prefix + layer.name) continue;
    if (layer.is_model) {
      add_inside(model, layer.path, all);
    } else {
      all.push_back(&layer);
    }
  }
}

void take_one(const SavedLayer& layer, bool ordered, ByLayer& out) {
  const Weights saved = without_seeds(layer.weights);
  if (!layer.shapes.shapes) {
    if (ordered || saved.size() < 2) out[layer.path] = saved;
    return;
  }
  if (layer.shapes.shapes->weights.size() != saved.size()) return;
  out[layer.path] = ordered ? saved : order_by_part(layer.shapes.shapes->weights, saved);
}

// A list of all weights of a model inside: those that train of every layer, then the others.
void take_flat(const SavedLayer& outer, const std::vector<const SavedLayer*>& leaves,
               ByLayer& out) {
  ByLayer inner;
  std::size_t at = 0;
  for (const bool trained : {true, false}) {
    for (const SavedLayer* leaf : leaves) {
      if (!leaf->path.starts_with(outer.path + "/")) continue;
      inner[leaf->path];  // also where it has none
      if (leaf->class_name == "InputLayer") continue;
      // A deeper model has a list like this one in place of its layers.
      if (leaf->path.find('/', outer.path.size() + 1) != std::string::npos) return;
      if (!leaf->shapes.shapes) return;
      for (const auto& weight : leaf->shapes.shapes->weights) {
        if ((leaf->trainable && weight.trainable) != trained) continue;
        if (at == outer.weights.size()) return;
        inner[leaf->path].push_back(outer.weights[at++]);
      }
    }
  }
  if (at == outer.weights.size()) out.merge(inner);
}

}  // namespace

bool is_flat(const SavedModel& model) {
  return model.file.layout == "keras-2" || model.file.layout == "keras-1";
}

std::vector<const SavedLayer*> layers_in_order(const SavedModel& model) {
  std::vector<const SavedLayer*> all;
  add_inside(model, "", all);
  return all;
}

std::map<std::string, Weights> weights_by_layer(const SavedModel& model) {
  ByLayer all;
  const auto leaves = layers_in_order(model);
  const bool flat = is_flat(model);
  for (const SavedLayer* leaf : leaves) {
    if (!flat || leaf->path == leaf->name) take_one(*leaf, flat, all);
  }
  for (const SavedLayer& layer : model.layers) {
    if (flat && layer.is_model && layer.path == layer.name) take_flat(layer, leaves, all);
  }
  return all;
}

}  // namespace kerasan::checks
