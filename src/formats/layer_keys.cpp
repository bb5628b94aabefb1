#include "formats/layer_keys.h"

#include <cctype>

namespace kerasan::formats {

std::string text_field(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string snake_case(const std::string& class_name) {
  const auto upper = [](char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; };
  const auto lower = [](char c) { return std::islower(static_cast<unsigned char>(c)) != 0; };
  const auto small = [&](char c) {
    return lower(c) || std::isdigit(static_cast<unsigned char>(c));
  };
  std::string out;
  for (std::size_t i = 0; i < class_name.size(); ++i) {
    const char c = class_name[i];
    // A word begins at a capital that something small follows or that follows a small letter.
    const bool begins =
        upper(c) && i > 0 &&
        ((i + 1 < class_name.size() && small(class_name[i + 1])) || lower(class_name[i - 1]));
    if (begins && out.back() != '_') out.push_back('_');
    out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  }
  return out;
}

const Json* layer_list(const Json& model) {
  if (!model.is_object()) return nullptr;
  const auto config = model.find("config");
  if (config == model.end()) return nullptr;
  if (config->is_array()) return &*config;  // Sequential of Keras 1 and early 2
  if (!config->is_object()) return nullptr;
  const auto layers = config->find("layers");
  return layers != config->end() && layers->is_array() ? &*layers : nullptr;
}

std::string layer_name(const Json& layer) {
  std::string name = text_field(layer, "name");
  if (name.empty() && layer.is_object() && layer.contains("config")) {
    name = text_field(layer["config"], "name");
  }
  return name;
}

std::map<std::string, std::string> layer_keys(const Json& model) {
  std::map<std::string, std::string> keys;
  const Json* layers = layer_list(model);
  if (layers == nullptr) return keys;
  std::map<std::string, int> met;
  for (const Json& layer : *layers) {
    std::string class_name = text_field(layer, "class_name");
    if (const auto cut = class_name.find('>'); cut != std::string::npos) {
      class_name.erase(0, cut + 1);  // registered as "package>name"
    }
    std::string key = snake_case(class_name);
    const int count = met[key]++;
    if (count > 0) key += "_" + std::to_string(count);
    keys[key] = layer_name(layer);
  }
  return keys;
}

const Json* layer_config(const Json& model, const std::string& name) {
  const Json* layers = layer_list(model);
  if (layers == nullptr) return nullptr;
  for (const Json& layer : *layers) {
    if (layer_name(layer) == name) return &layer;
  }
  return nullptr;
}

}  // namespace kerasan::formats
