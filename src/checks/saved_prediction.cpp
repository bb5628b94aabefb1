#include "checks/saved_prediction.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/error.h"
#include "checks/layer_call.h"
#include "checks/saved_layer_weights.h"
#include "formats/layer_keys.h"
#include "reference/layer.h"

namespace kerasan::checks {
namespace {

using formats::Json;
using reference::Bounded;

class NotPredicted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

constexpr int kMaxDepth = 30;

DType compute_dtype(const SavedLayer& layer) {
  Json dtype = layer.config == nullptr ? Json() : layer.config->value("dtype", Json());
  if (dtype.is_object() && dtype.contains("config")) {
    dtype = formats::text_field(dtype["config"], "name");
  }
  if (dtype == "float64") return DType::kFloat64;
  if (dtype == "float32" || dtype.is_null()) return DType::kFloat32;
  throw NotPredicted("a layer that computes in " + dtype.dump());
}

// A node says no more than which tensors a layer is called on, for inference.
bool plain_arguments(const Json& node) {
  const auto nothing = [](const Json& arguments) {
    if (!arguments.is_object()) return false;
    for (const auto& [name, given] : arguments.items()) {
      if (!given.is_null() && !(name == "training" && given == false)) return false;
    }
    return true;
  };
  if (node.is_object()) {  // Keras 3
    const Json args = node.value("args", Json::array());
    return args.is_array() && args.size() == 1 && nothing(node.value("kwargs", Json::object()));
  }
  return node.is_array() && std::ranges::all_of(node, [&](const Json& tensor) {
           return !tensor.is_array() || tensor.size() < 4 || nothing(tensor[3]);
         });
}

class Predictor {
 public:
  explicit Predictor(const SavedModel& model) : model_(model), weights_(weights_by_layer(model)) {
    for (const SavedLayer& layer : model.layers) {
      const bool masks =
          layer.class_name == "Masking" ||
          (layer.config != nullptr && layer.config->value("mask_zero", Json()) == true);
      if (masks) throw NotPredicted("masks");
    }
  }

  std::vector<Bounded> run(const std::string& path, const Json& json, std::vector<Bounded> inputs,
                           int depth) {
    if (depth > kMaxDepth) throw NotPredicted("models nested more than 30 deep");
    const auto graph = std::ranges::find(model_.graphs, path, &SavedGraph::path);
    if (graph == model_.graphs.end()) throw NotPredicted("a model whose layers are not told");
    return graph->functional ? functional(*graph, json, std::move(inputs), depth)
                             : sequential(*graph, json, std::move(inputs), depth);
  }

 private:
  using Key = std::pair<std::string, std::int64_t>;

  std::vector<Bounded> sequential(const SavedGraph& graph, const Json& json,
                                  std::vector<Bounded> values, int depth) {
    for (const std::string& name : graph.layers) {
      const SavedLayer& layer = layer_of(graph, name);
      if (layer.class_name != "InputLayer") values = apply(layer, json, std::move(values), depth);
    }
    return values;
  }

  // In the order in which the inputs of calls become known.
  std::vector<Bounded> functional(const SavedGraph& graph, const Json& json,
                                  std::vector<Bounded> inputs, int depth) {
    std::map<Key, std::vector<Bounded>> known;
    if (inputs.size() != graph.inputs.size()) throw NotPredicted("another number of inputs");
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      known[{graph.inputs[i].layer, graph.inputs[i].node}] = {std::move(inputs[i])};
    }
    const std::map<std::string, std::int64_t> first = first_calls(graph);
    for (bool changed = true; changed;) {
      changed = false;
      for (const std::string& name : graph.layers) {
        const SavedLayer& layer = layer_of(graph, name);
        for (std::size_t call = 0; call < layer.nodes.size(); ++call) {
          const Key key{name, first.at(name) + static_cast<std::int64_t>(call)};
          auto given = known.contains(key) ? std::nullopt : gather(layer.nodes[call], known);
          if (!given) continue;
          require_plain(json, layer, call);
          known[key] = apply(layer, json, std::move(*given), depth);
          changed = true;
        }
      }
    }
    auto outputs = gather(graph.outputs, known);
    if (!outputs) throw NotPredicted("outputs that do not follow from the inputs");
    return *outputs;
  }

  // Keras 2 counts the making of a model inside as its first call, which the config leaves out.
  std::map<std::string, std::int64_t> first_calls(const SavedGraph& graph) const {
    std::map<std::string, std::int64_t> beyond;
    const auto note = [&](const std::vector<TensorReference>& tensors) {
      for (const TensorReference& tensor : tensors) {
        beyond[tensor.layer] = std::max(beyond[tensor.layer], tensor.node + 1);
      }
    };
    note(graph.outputs);
    for (const std::string& name : graph.layers) {
      for (const auto& node : layer_of(graph, name).nodes) note(node);
    }
    for (const std::string& name : graph.layers) {
      const SavedLayer& layer = layer_of(graph, name);
      const auto calls = static_cast<std::int64_t>(layer.nodes.size());
      beyond[name] = layer.is_model && beyond[name] == calls + 1 ? 1 : 0;
    }
    return beyond;
  }

  static std::optional<std::vector<Bounded>> gather(
      const std::vector<TensorReference>& tensors,
      const std::map<Key, std::vector<Bounded>>& known) {
    std::vector<Bounded> values;
    for (const TensorReference& tensor : tensors) {
      const auto found = known.find({tensor.layer, tensor.node});
      if (found == known.end()) return std::nullopt;
      const auto at = static_cast<std::size_t>(tensor.tensor);
      if (at >= found->second.size())
        throw NotPredicted("an output that the reference does not give");
      values.push_back(found->second[at]);
    }
    return values.empty() ? std::nullopt : std::optional(values);
  }

  static void require_plain(const Json& json, const SavedLayer& layer, std::size_t call) {
    const Json* told = formats::layer_config(json, layer.name);
    if (told == nullptr || !plain_arguments((*told)["inbound_nodes"][call])) {
      throw NotPredicted("call arguments of " + layer.class_name);
    }
  }

  const SavedLayer& layer_of(const SavedGraph& graph, const std::string& name) const {
    const SavedLayer* layer = model_.layer(graph.path.empty() ? name : graph.path + "/" + name);
    if (layer == nullptr) throw NotPredicted("a layer that is not told");
    return *layer;
  }

  std::vector<Bounded> apply(const SavedLayer& layer, const Json& outer,
                             std::vector<Bounded> inputs, int depth) {
    if (layer.is_model) {
      const Json* json = formats::layer_config(outer, layer.name);
      if (json == nullptr) throw NotPredicted("a model whose layers are not told");
      return run(layer.path, *json, std::move(inputs), depth + 1);
    }
    reference::LayerCall call = call_of(layer);
    call.masks.resize(inputs.size());
    call.inputs = std::move(inputs);
    const auto function = layer.builtin ? reference::find_layer(layer.class_name) : nullptr;
    if (function == nullptr) throw NotPredicted("no reference for class " + layer.class_name);
    auto result = function(call);
    if (result.not_checked)
      throw NotPredicted(layer.class_name + ": " + result.not_checked->reason);
    return std::move(result.outputs);
  }

  reference::LayerCall call_of(const SavedLayer& layer) const {
    reference::LayerCall call;
    call.class_name = layer.class_name;
    if (layer.config != nullptr) call.config = *layer.config;
    call.compute_dtype = compute_dtype(layer);
    const auto weights = weights_.find(layer.path);
    if (weights == weights_.end()) {
      throw NotPredicted("the weights of " + layer.class_name + " are not told apart");
    }
    for (std::size_t i = 0; i < weights->second.size(); ++i) {
      const formats::Weight& weight = *weights->second[i];
      call.weights.push_back(cast(formats::to_tensor(weight), call.compute_dtype));
      if (!layer.shapes.shapes) continue;
      const auto& expected = layer.shapes.shapes->weights[i];
      call.weight_names.push_back(expected.name);
      call.weight_paths.push_back(expected.part + expected.name);
    }
    return call;
  }

  const SavedModel& model_;
  std::map<std::string, std::vector<const formats::Weight*>> weights_;
};

// Names of the inputs in the model's order; a Sequential has one, by whatever name.
std::vector<std::string> input_names(const SavedModel& model) {
  const SavedGraph& graph = model.graphs.front();
  std::vector<std::string> names;
  for (const TensorReference& input : graph.inputs) names.push_back(input.layer);
  if (!graph.functional) names = {graph.layers.empty() ? "" : graph.layers.front()};
  return names;
}

std::vector<Bounded> inputs_of(const SavedModel& model, const NamedArrays& arrays) {
  const std::vector<std::string> names = input_names(model);
  std::vector<const Tensor*> chosen;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(arrays, name, &NamedArrays::value_type::first);
    if (found != arrays.end()) chosen.push_back(&found->second);
  }
  if (chosen.empty() && arrays.size() == names.size()) {
    for (const auto& [name, array] : arrays) chosen.push_back(&array);
  }
  if (chosen.size() != names.size()) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    throw InputError("the inputs hold " + std::to_string(arrays.size()) +
                     " arrays, which are not those of the model's inputs (" + text + ")");
  }
  std::vector<Bounded> inputs;
  for (const Tensor* array : chosen) {
    inputs.push_back(is_float(array->dtype()) ? cast(*array, DType::kFloat32)
                                              : Bounded::exact(*array));
  }
  return inputs;
}

void compare_output(const Bounded& one, const Bounded& other, std::size_t output,
                    FileDifferences& out) {
  const std::string subject = "output " + std::to_string(output);
  if (one.shape != other.shape) {
    out.found.push_back({"predictions", subject, one.shape, other.shape,
                         "the " + subject + " has shape " + shape_text(one.shape) +
                             " in the first and " + shape_text(other.shape) + " in the second"});
    return;
  }
  std::size_t beyond = 0, at = 0;
  double worst = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    const double bound = one.bound[i] + other.bound[i];
    if (!std::isfinite(one.value[i]) || !std::isfinite(other.value[i]) || !std::isfinite(bound)) {
      return out.skip("predictions", "values that are not finite");
    }
    const double off = std::fabs(one.value[i] - other.value[i]);
    if (off <= bound) continue;
    ++beyond;
    if (off > worst) worst = off, at = i;
  }
  if (beyond == 0) return out.alike("predictions", std::max<std::size_t>(one.size(), 1));
  out.found.push_back({"predictions", subject, one.value[at], other.value[at],
                       "the " + subject + " differs in " + std::to_string(beyond) + " of " +
                           std::to_string(one.size()) + " values beyond their bounds, most at " +
                           std::to_string(at) + ": " + Json(one.value[at]).dump() + " and " +
                           Json(other.value[at]).dump()});
}

}  // namespace

Prediction predict(const SavedModel& model, const NamedArrays& arrays) {
  if (!model.unknown.empty()) return {{}, model.unknown};
  if (!model.file.holds_weights) return {{}, "a file without weights"};
  const std::vector<Bounded> inputs = inputs_of(model, arrays);
  try {
    return {Predictor(model).run("", model.file.config, inputs, 0), ""};
  } catch (const NotPredicted& reason) {
    return {{}, reason.what()};
  }
}

void compare_predictions(const SavedModel& first, const SavedModel& second,
                         const NamedArrays& arrays, FileDifferences& out) {
  const Prediction one = predict(first, arrays), other = predict(second, arrays);
  for (const Prediction* each : {&one, &other}) {
    if (!each->unknown.empty()) return out.skip("predictions", each->unknown);
  }
  if (one.outputs.size() != other.outputs.size()) {
    out.found.push_back({"predictions", "outputs", one.outputs.size(), other.outputs.size(),
                         "the models have different numbers of outputs"});
    return;
  }
  for (std::size_t i = 0; i < one.outputs.size(); ++i) {
    compare_output(one.outputs[i], other.outputs[i], i, out);
  }
}

}  // namespace kerasan::checks
