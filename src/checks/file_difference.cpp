// Architecture and configs of two saved models.
#include "checks/file_difference.h"

#include <algorithm>
#include <set>

#include "formats/layer_keys.h"

namespace kerasan::checks {
namespace {

using formats::Json;

std::vector<const SavedLayer*> outer_layers(const SavedModel& model) {
  std::vector<const SavedLayer*> all;
  for (const SavedLayer& layer : model.layers) {
    // Sequential models tell their input in some releases only.
    if (layer.class_name != "InputLayer") all.push_back(&layer);
  }
  return all;
}

std::string short_class(const std::string& name) { return name.substr(name.find('>') + 1); }

// {"class_name": "Policy", "config": {"name": "float32"}} is "float32"; what only tells where a
// class comes from, and what it was built on, says nothing about the object.
Json plain(const Json& value, int depth) {
  if (depth > 200) return value;
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& item : value) list.push_back(plain(item, depth + 1));
    return list;
  }
  if (!value.is_object()) return value;
  const std::string class_name = short_class(formats::text_field(value, "class_name"));
  if (class_name == "__tuple__" && value.contains("items")) return plain(value["items"], depth + 1);
  if ((class_name == "Policy" || class_name == "DTypePolicy") && value.contains("config")) {
    return formats::text_field(value["config"], "name");
  }
  Json out = Json::object();
  for (const auto& [key, item] : value.items()) {
    const bool origin = key == "module" || key == "registered_name" || key == "build_config" ||
                        key == "shared_object_id";
    if (!origin) out[key] = plain(item, depth + 1);
  }
  if (out.contains("batch_input_shape")) {
    out["batch_shape"] = out["batch_input_shape"];
    out.erase("batch_input_shape");
  }
  return out;
}

void compare_plain(const std::string& part, const std::string& subject, const Json& first,
                   const Json& second, bool same, FileDifferences& out) {
  if (first == second) return out.alike(part);
  if (!first.is_object() || !second.is_object()) {
    const auto text = [](const Json& value) {
      return value.dump(-1, ' ', false, Json::error_handler_t::replace);
    };
    out.found.push_back(
        {part, subject, first, second,
         subject + " is " + text(first) + " in the first and " + text(second) + " in the second"});
    return;
  }
  std::set<std::string> keys;
  for (const auto& [key, item] : first.items()) keys.insert(key);
  for (const auto& [key, item] : second.items()) keys.insert(key);
  for (const std::string& key : keys) {
    const std::string inner = subject + "." + key;
    if (first.contains(key) && second.contains(key)) {
      compare_plain(part, inner, first[key], second[key], same, out);
    } else if (!same) {
      // The other release has another default, the same one, or none: it does not tell.
      out.skip(part, "only one of the files tells " + key);
    } else {
      const bool in_first = first.contains(key);
      out.found.push_back({part, inner, in_first ? first[key] : Json(),
                           in_first ? Json() : second[key],
                           inner + " is only in the " + (in_first ? "first" : "second")});
    }
  }
}

// Calls of a layer with the names of the first model.
std::vector<std::string> calls_of(const SavedLayer& layer,
                                  const std::map<std::string, std::string>& names) {
  std::vector<std::string> all;
  const std::string outer = layer.path.substr(0, layer.path.size() - layer.name.size());
  for (const auto& node : layer.nodes) {
    std::string text;
    for (const TensorReference& from : node) {
      const auto named = names.find(outer + from.layer);
      text += (named == names.end() ? outer + from.layer : named->second) + "#" +
              std::to_string(from.node) + ":" + std::to_string(from.tensor) + " ";
    }
    all.push_back(text);
  }
  return all;
}

}  // namespace

void compare_values(const std::string& part, const std::string& subject, const Json& first,
                    const Json& second, bool same, FileDifferences& out) {
  compare_plain(part, subject, plain(first, 0), plain(second, 0), same, out);
}

bool same_release(const SavedModel& first, const SavedModel& second) {
  return !first.file.keras_version.empty() &&
         first.file.keras_version == second.file.keras_version &&
         first.file.format == second.file.format;
}

LayerPairs pair_layers(const SavedModel& first, const SavedModel& second) {
  const auto mine = outer_layers(first), theirs = outer_layers(second);
  LayerPairs by_name, by_place;
  for (const SavedLayer* layer : mine) {
    if (const SavedLayer* other = second.layer(layer->path)) by_name.emplace_back(layer, other);
  }
  const bool same_names = by_name.size() == mine.size() && mine.size() == theirs.size();
  bool same_classes = mine.size() == theirs.size();
  for (std::size_t i = 0; same_classes && i < mine.size(); ++i) {
    same_classes = short_class(mine[i]->class_name) == short_class(theirs[i]->class_name);
    by_place.emplace_back(mine[i], theirs[i]);
  }
  return same_names || !same_classes ? by_name : by_place;
}

void compare_architecture(const SavedModel& first, const SavedModel& second,
                          const LayerPairs& pairs, FileDifferences& out) {
  const char* const part = "architecture";
  for (const SavedModel* model : {&first, &second}) {
    if (!model->unknown.empty()) return out.skip(part, model->unknown);
  }
  std::set<const SavedLayer*> paired;
  std::map<std::string, std::string> names;
  for (const SavedLayer& layer : second.layers) names[layer.path] = layer.path;
  for (const auto& [mine, theirs] : pairs) {
    paired.insert(mine);
    paired.insert(theirs);
    names[theirs->path] = mine->path;
  }
  // Inputs are named by the framework; they are told apart by their place.
  std::vector<std::string> inputs[2];
  for (const SavedModel* model : {&first, &second}) {
    for (const SavedLayer& layer : model->layers) {
      if (layer.class_name == "InputLayer") inputs[model == &second].push_back(layer.path);
    }
  }
  for (std::size_t i = 0; i < std::min(inputs[0].size(), inputs[1].size()); ++i) {
    names[inputs[1][i]] = inputs[0][i];
  }
  for (const SavedModel* model : {&first, &second}) {
    const char* const where = model == &first ? "first" : "second";
    for (const SavedLayer* layer : outer_layers(*model)) {
      if (paired.contains(layer)) continue;
      out.found.push_back(
          {part, layer->path, model == &first ? Json(layer->class_name) : Json(),
           model == &first ? Json() : Json(layer->class_name),
           "the layer " + layer->path + " (" + layer->class_name + ") is only in the " + where});
    }
  }
  const std::map<std::string, std::string> own;
  for (const auto& [mine, theirs] : pairs) {
    if (short_class(mine->class_name) != short_class(theirs->class_name)) {
      out.found.push_back({part, mine->path, mine->class_name, theirs->class_name,
                           "the layer " + mine->path + " is a " + mine->class_name +
                               " in the first and a " + theirs->class_name + " in the second"});
    } else if (calls_of(*mine, own) != calls_of(*theirs, names)) {
      out.found.push_back({part, mine->path, calls_of(*mine, own), calls_of(*theirs, names),
                           "the layer " + mine->path + " is connected otherwise"});
    } else {
      out.alike(part);
    }
  }
}

void compare_configs(const SavedModel& first, const SavedModel& second, const LayerPairs& pairs,
                     FileDifferences& out) {
  const char* const part = "config";
  for (const SavedModel* model : {&first, &second}) {
    if (!model->unknown.empty()) return out.skip(part, model->unknown);
  }
  for (const auto& [mine, theirs] : pairs) {
    if (mine->is_model || theirs->is_model) continue;  // layer by layer
    if (mine->config == nullptr || theirs->config == nullptr) {
      out.skip(part, "a layer without a config");
      continue;
    }
    compare_values(part, mine->path, *mine->config, *theirs->config, same_release(first, second),
                   out);
  }
}

}  // namespace kerasan::checks
