#include "formats/tensorflow/checkpoint.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "formats/place_names.h"
#include "formats/tensorflow/bundle_weights.h"
#include "formats/tensorflow/ownership.h"

namespace kerasan::formats::tensorflow {
namespace {

constexpr std::size_t kMaxStateFile = 1 << 20;

std::string before_last(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

void add_objects(BundleWeights& weights, const ObjectGraph& graph, ModelFile& file) {
  const LayerMarks none;
  const Ownership ownership(graph, none);
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    const Role role = ownership.role(node);
    const auto layers = std::ranges::count_if(
        graph.nodes[node].children, [](auto& child) { return counts_layers(child.name); });
    if (layers > 0) file.numbered_layers[ownership.path(node)] = static_cast<std::size_t>(layers);
    for (const ObjectValue& value : graph.nodes[node].values) {
      if (value.name != kVariableValue || role == Role::kMetric || role == Role::kCopy) {
        weights.add_entry(value.key);
        continue;
      }
      Weight weight;
      weight.place = ownership.path(node);
      weight.layer = before_last(weight.place);
      weight.name = value.full_name.empty() ? weight.place : value.full_name;
      weights.add(value.key, std::move(weight),
                  role == Role::kOptimizer ? file.optimizer_weights : file.weights);
    }
  }
}

// Without objects the names are those of the variables. What a variable of TensorFlow 1 has below
// its own name is state that an optimizer keeps for it: "dense/kernel/Adam".
void add_named(BundleWeights& weights, const TensorBundle& bundle, ModelFile& file) {
  for (const auto& [name, entry] : bundle.tensors()) {
    const bool state = bundle.find(before_last(name)) != nullptr;
    Weight weight;
    weight.layer = before_last(name);
    weight.name = name;
    weights.add(name, std::move(weight), state ? file.optimizer_weights : file.weights);
  }
}

}  // namespace

void add_checkpoint_weights(BundleWeights& weights, const TensorBundle& bundle, ModelFile& file) {
  const ObjectGraph graph = weights.object_graph();
  if (graph.nodes.empty()) {
    add_named(weights, bundle, file);
    return;
  }
  add_objects(weights, graph, file);
  weights.report_orphans();
}

ModelFile read_checkpoint(const std::string& prefix) {
  ModelFile file;
  file.format = "TensorFlow checkpoint";
  file.layout = "checkpoint";
  file.framework = "tensorflow";
  const TensorBundle bundle = TensorBundle::open(prefix);
  BundleWeights weights(bundle, file);
  add_checkpoint_weights(weights, bundle, file);
  return file;
}

std::optional<std::string> latest_checkpoint(const std::string& state_file) {
  std::ifstream in(state_file, std::ios::binary);
  std::string text(kMaxStateFile, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  constexpr std::string_view key = "model_checkpoint_path: \"";
  if (!text.starts_with(key)) return std::nullopt;  // it is always the first line
  const std::string named = text.substr(key.size(), text.find('"', key.size()) - key.size());
  if (named.empty() || named.find('\\') != std::string::npos) return std::nullopt;
  const std::filesystem::path path(named);
  // A path out of the folder would lead anywhere; the file of that name beside this one is meant.
  const bool beside = path.is_relative() && path.lexically_normal().begin()->string() != "..";
  return (std::filesystem::path(state_file).parent_path() / (beside ? path : path.filename()))
      .string();
}

}  // namespace kerasan::formats::tensorflow
