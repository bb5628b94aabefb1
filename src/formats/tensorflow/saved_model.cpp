#include "formats/tensorflow/saved_model.h"

#include <algorithm>

#include "base/error.h"
#include "formats/tensorflow/wire.h"

namespace kerasan::formats::tensorflow {
namespace {

void read_meta_info(std::string_view message, MetaGraph& graph) {
  for (const Field& field : Message(message, "MetaInfoDef")) {
    if (field.number == 4) graph.tags.push_back(field.text());
    if (field.number == 5) graph.tensorflow_version = field.text();
  }
}

std::string variable_name(std::string_view message) {
  std::string name;
  for (const Field& field : Message(message, "VariableDef")) {
    if (field.number == 1) name = field.text();
  }
  return name.substr(0, name.rfind(':'));
}

// Variables of TensorFlow 1: a list of VariableDef messages.
void read_collection(const MapEntry& entry, MetaGraph& graph) {
  const bool trainable = entry.key == "trainable_variables";
  if (!trainable && entry.key != "variables") return;
  for (const Field& field : Message(entry.value, "CollectionDef")) {
    if (field.number != 2) continue;
    for (const Field& part : Message(field.message(), "CollectionDef.BytesList")) {
      if (part.number == 1) graph.variables.push_back({variable_name(part.message()), trainable});
    }
  }
}

// The two collections overlap; being in the trainable one decides.
void join_collections(std::vector<ListedVariable>& variables) {
  std::map<std::string, bool> trainable;
  for (const ListedVariable& variable : variables) trainable[variable.name] |= variable.trainable;
  variables.clear();
  for (const auto& [name, flag] : trainable) variables.push_back({name, flag});
}

MetaGraph read_meta_graph(std::string_view message) {
  MetaGraph graph;
  for (const Field& field : Message(message, "MetaGraphDef")) {
    switch (field.number) {
      case 1:
        read_meta_info(field.message(), graph);
        break;
      case 2:
        graph.functions = read_graph(field.message(), graph.repeated_functions);
        break;
      case 4:
        read_collection(map_entry(field), graph);
        break;
      case 5: {
        const MapEntry entry = map_entry(field);
        graph.signatures[entry.key] = read_signature(entry.value);
        break;
      }
      case 7:
        graph.objects = read_saved_objects(field.message());
        break;
      default:
        break;
    }
  }
  if (graph.objects && graph.objects->nodes.empty()) graph.objects.reset();
  join_collections(graph.variables);
  return graph;
}

}  // namespace

std::vector<MetaGraph> read_saved_model(std::string_view bytes) {
  std::vector<MetaGraph> graphs;
  for (const Field& field : Message(bytes, "SavedModel")) {
    if (field.number == 2) graphs.push_back(read_meta_graph(field.message()));
  }
  if (graphs.empty()) throw InputError("a SavedModel without a graph");
  return graphs;
}

const MetaGraph& serving_graph(const std::vector<MetaGraph>& graphs) {
  const auto found = std::ranges::find_if(graphs, [](const MetaGraph& graph) {
    return std::ranges::find(graph.tags, "serve") != graph.tags.end();
  });
  return found == graphs.end() ? graphs.front() : *found;
}

std::vector<KerasNode> read_keras_metadata(std::string_view bytes) {
  std::vector<KerasNode> nodes;
  for (const Field& field : Message(bytes, "SavedMetadata")) {
    if (field.number != 1) continue;
    KerasNode& node = nodes.emplace_back();
    for (const Field& part : Message(field.message(), "SavedObject")) {
      switch (part.number) {
        case 2:
          node.node = static_cast<std::size_t>(part.integer());
          break;
        case 3:
          node.path = part.text();
          break;
        case 4:
          node.identifier = part.text();
          break;
        case 5:
          node.metadata = part.text();
          break;
        default:
          break;
      }
    }
  }
  return nodes;
}

}  // namespace kerasan::formats::tensorflow
