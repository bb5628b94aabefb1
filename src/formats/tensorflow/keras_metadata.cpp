#include "formats/tensorflow/keras_metadata.h"

#include "base/error.h"
#include "formats/strict_json.h"

namespace kerasan::formats::tensorflow {
namespace {

bool is_model(const std::string& identifier) {
  return identifier == "_tf_keras_sequential" || identifier == "_tf_keras_network" ||
         identifier == "_tf_keras_model";
}

bool is_layer(const std::string& identifier) {
  return is_model(identifier) ||
         (identifier.starts_with("_tf_keras_") && identifier.ends_with("layer"));
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const Json* object_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? &*found : nullptr;
}

// {"class_name", "config"}: in "model_config" up to 2.4, side by side later.
Json config_of(const Json& metadata) {
  if (const Json* config = object_of(metadata, "model_config")) return plain(*config);
  const Json* config = object_of(metadata, "config");
  const std::string name = text_of(metadata, "class_name");
  if (config == nullptr || config->empty() || name.empty() || !config->contains("layers")) {
    return nullptr;  // a subclass without get_config
  }
  return {{"class_name", name}, {"config", plain(*config)}};
}

}  // namespace

Json plain(const Json& value) {
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& element : value) list.push_back(plain(element));
    return list;
  }
  if (!value.is_object()) return value;
  const std::string name = text_of(value, "class_name");
  const auto items = value.find("items");
  if ((name == "__tuple__" || name == "TensorShape") && items != value.end()) return plain(*items);
  Json object = Json::object();
  for (const auto& [key, element] : value.items()) {
    if (key != "shared_object_id") object[key] = plain(element);
  }
  return object;
}

KerasMetadata keras_metadata(const std::vector<KerasNode>& nodes, std::vector<Fault>& faults) {
  KerasMetadata result;
  for (const KerasNode& node : nodes) {
    if (!is_layer(node.identifier) || node.metadata.empty()) continue;
    const Json metadata = parse_json(node.metadata, "metadata of " + node.path, faults);
    if (!metadata.is_object()) throw InputError("metadata of " + node.path + " is no JSON object");
    const std::string name = text_of(metadata, "name");
    if (node.node != 0) {
      result.layers[node.node] = {name, is_model(node.identifier)};
      continue;
    }
    result.config = config_of(metadata);
    if (const Json* config = object_of(metadata, "training_config")) {
      result.compile_config = plain(*config);
    }
  }
  return result;
}

std::vector<KerasNode> nodes_of(const ObjectGraph& graph) {
  std::vector<KerasNode> nodes;
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    const ObjectNode& object = graph.nodes[node];
    if (object.metadata.empty()) continue;
    nodes.push_back({node, "object " + std::to_string(node), object.identifier, object.metadata});
  }
  return nodes;
}

}  // namespace kerasan::formats::tensorflow
