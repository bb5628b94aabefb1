#include "checks/saved_model.h"

#include "formats/layer_keys.h"

namespace kerasan::checks {
namespace {

using formats::Json;
using reference::MaybeDims;
constexpr int kMaxDepth = 30;
constexpr int kMaxPasses = 100;

const Json* field(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

const Json* arguments_of(const Json& layer) {
  const Json* config = field(layer, "config");
  return config != nullptr && config->is_object() ? config : nullptr;
}

// What the file says: a class registered by a program, or one of a module outside of Keras.
bool is_builtin(const Json& layer) {
  const std::string class_name = formats::text_field(layer, "class_name");
  const std::string module = formats::text_field(layer, "module");
  if (class_name.find('>') != std::string::npos) return false;
  if (!formats::text_field(layer, "registered_name").empty() &&
      formats::text_field(layer, "registered_name").find('>') != std::string::npos) {
    return false;
  }
  return module.empty() || module.find("keras") != std::string::npos;
}

class Builder {
 public:
  explicit Builder(SavedModel& out) : out_(out) {}

  void model(const Json& model, const std::string& path, bool trainable, int depth) {
    const Json* layers = formats::layer_list(model);
    if (layers == nullptr || depth > kMaxDepth) return;
    SavedGraph graph;
    graph.path = path;
    graph.class_name = formats::text_field(model, "class_name");
    const Json* config = arguments_of(model);
    if (config != nullptr) {
      trainable = trainable && config->value("trainable", Json(true)) != Json(false);
      if (const Json* ends = field(*config, "input_layers")) graph.inputs = references_in(*ends);
      if (const Json* ends = field(*config, "output_layers")) {
        graph.functional = true;
        graph.outputs = references_in(*ends);
      }
    }
    const std::size_t first = out_.layers.size();
    for (const Json& layer : *layers) {
      out_.layers.push_back(one(layer, path, trainable));
      graph.layers.push_back(out_.layers.back().name);
    }
    const std::size_t end = out_.layers.size();
    out_.graphs.push_back(graph);
    if (graph.functional) {
      functional_shapes(*layers, first);
    } else {
      sequential_shapes(model, *layers, first);
    }
    for (std::size_t i = first; i < end; ++i) {
      if (!out_.layers[i].is_model) continue;
      const std::string inner = out_.layers[i].path;
      this->model((*layers)[i - first], inner, trainable, depth + 1);
    }
  }

 private:
  static SavedLayer one(const Json& layer, const std::string& path, bool trainable) {
    SavedLayer out;
    out.name = formats::layer_name(layer);
    out.path = path.empty() ? out.name : path + "/" + out.name;
    out.class_name = formats::text_field(layer, "class_name");
    out.builtin = is_builtin(layer);
    out.config = arguments_of(layer);
    out.is_model = formats::layer_list(layer) != nullptr;
    if (out.config != nullptr) {
      out.trainable = trainable && out.config->value("trainable", Json(true)) != Json(false);
    }
    if (const Json* nodes = field(layer, "inbound_nodes"); nodes != nullptr && nodes->is_array()) {
      for (const Json& node : *nodes) out.nodes.push_back(references_in(node));
    }
    return out;
  }

  // What the layer itself tells: an input's shape, or the one that it was built on.
  static MaybeDims told_input(const Json& layer) {
    if (const Json* build = field(layer, "build_config")) {
      if (const Json* shape = field(*build, "input_shape")) {
        if (const MaybeDims dims = dims_of(*shape)) return dims;
      }
    }
    return std::nullopt;
  }
  static MaybeDims told_batch_shape(const Json& layer) {
    const Json* config = arguments_of(layer);
    if (config == nullptr) return std::nullopt;
    for (const char* key : {"batch_shape", "batch_input_shape"}) {
      if (const Json* shape = field(*config, key)) return dims_of(*shape);
    }
    return std::nullopt;
  }

  std::vector<MaybeDims> apply(SavedLayer& layer, const Json& json, std::vector<MaybeDims> inputs,
                               bool keep) {
    if (layer.class_name == "InputLayer") return {told_batch_shape(json)};
    if (inputs.size() <= 1 && (inputs.empty() || !inputs.front())) inputs = {told_input(json)};
    reference::ShapesOrReason found;
    if (layer.is_model) {
      found.reason = "a model";
    } else if (!layer.builtin) {
      found.reason = "the class " + layer.class_name + " is not of Keras";
    } else if (layer.config == nullptr) {
      found.reason = layer.class_name + " has no config";
    } else {
      found = reference::layer_shapes(layer.class_name, *layer.config, inputs);
    }
    std::vector<MaybeDims> outputs;
    if (found.shapes) outputs = found.shapes->outputs;
    if (keep) {
      layer.inputs = std::move(inputs);
      layer.shapes = std::move(found);
    }
    return outputs;
  }

  void sequential_shapes(const Json& model, const Json& layers, std::size_t first) {
    MaybeDims at;
    if (const Json* config = arguments_of(model)) {
      if (const Json* shape = field(*config, "build_input_shape")) at = dims_of(*shape);
    }
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (const MaybeDims told = told_batch_shape(layers[i]); told && i == 0) at = told;
      const auto outputs = apply(out_.layers[first + i], layers[i], {at}, true);
      at = outputs.size() == 1 ? outputs.front() : MaybeDims();
    }
  }

  // Shapes travel along the nodes until nothing changes any more.
  void functional_shapes(const Json& layers, std::size_t first) {
    using Key = std::pair<std::string, std::int64_t>;
    std::map<Key, std::vector<MaybeDims>> known;
    bool changed = true;
    for (int pass = 0; changed && pass < kMaxPasses; ++pass) {
      changed = false;
      for (std::size_t i = 0; i < layers.size(); ++i) {
        SavedLayer& layer = out_.layers[first + i];
        const std::size_t calls = std::max<std::size_t>(layer.nodes.size(), 1);
        for (std::size_t call = 0; call < calls; ++call) {
          const Key key{layer.name, static_cast<std::int64_t>(call)};
          if (known.contains(key)) continue;
          std::vector<MaybeDims> inputs;
          bool ready = true;
          for (const TensorReference& from :
               call < layer.nodes.size() ? layer.nodes[call] : std::vector<TensorReference>()) {
            const auto found = known.find({from.layer, from.node});
            ready = ready && found != known.end();
            if (!from.positional || found == known.end()) continue;
            const auto at = static_cast<std::size_t>(from.tensor);
            inputs.push_back(at < found->second.size() ? found->second[at] : MaybeDims());
          }
          if (!ready) continue;
          known[key] = apply(layer, layers[i], std::move(inputs), call == 0);
          changed = true;
        }
      }
    }
    // Layers in a cycle, or behind something that is not there.
    for (std::size_t i = 0; i < layers.size(); ++i) {
      SavedLayer& layer = out_.layers[first + i];
      if (!known.contains({layer.name, 0})) apply(layer, layers[i], {}, true);
    }
  }

  SavedModel& out_;
};

}  // namespace

SavedModel::SavedModel(const formats::ModelFile& from) : file(from) {
  if (file.config.is_null()) {
    unknown = "the file holds no config";
  } else if (formats::layer_list(file.config) == nullptr) {
    unknown = "the config of " + formats::text_field(file.config, "class_name") +
              " does not tell its layers";
  } else {
    Builder(*this).model(file.config, "", true, 0);
  }
  for (std::size_t i = 0; i < layers.size(); ++i) by_path_.emplace(layers[i].path, i);
  for (const formats::Weight& weight : file.weights) {
    if (const auto at = by_path_.find(weight.layer); at != by_path_.end()) {
      layers[at->second].weights.push_back(&weight);
    }
  }
}

const SavedLayer* SavedModel::layer(const std::string& path) const {
  const auto at = by_path_.find(path);
  return at == by_path_.end() ? nullptr : &layers[at->second];
}

}  // namespace kerasan::checks
