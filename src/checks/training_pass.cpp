#include "checks/training_pass.h"

#include <algorithm>
#include <cmath>

#include "checks/evaluation_model.h"
#include "checks/layer_call.h"
#include "checks/products_of.h"
#include "model/fields.h"
#include "reference/ops/lines.h"
#include "reference/ops/reverse.h"

namespace kerasan::checks {

using model::Json;
using reference::Bounded;

namespace {

std::string text(const Json& body, const char* key) { return model::string_or(body, key, ""); }

DType compute_dtype(const Json& layer) {
  const std::string name = text(layer, "compute_dtype");
  if (name != "float32" && name != "float64" && !name.empty())
    throw NotFollowed("layers that compute in " + name);
  return name == "float64" ? DType::kFloat64 : DType::kFloat32;
}

constexpr double kLargest = 1e15, kWidest = 1e30;  // of what is followed any further

bool all_below(const std::vector<double>& numbers, double limit) {
  return reference::lines::all_below(numbers.data(), numbers.size(), limit);
}

// Whether the unnamed arguments after the first are tensors, and so among the inputs of the node.
bool are_inputs(const Json& count, const model::GraphNode& node, const std::string& cls) {
  static const std::set<std::string> takes{"MultiHeadAttention", "GroupedQueryAttention",
                                           "GroupQueryAttention"};
  return takes.contains(cls) && count.is_number_integer() &&
         count.get<std::size_t>() + 1 == node.inputs.size();
}

const std::set<std::string>& sensitive_classes() {
  static const std::set<std::string> classes{
      "BatchNormalization", "Dropout",       "SpatialDropout1D", "SpatialDropout2D",
      "SpatialDropout3D",   "GaussianNoise", "GaussianDropout",  "AlphaDropout"};
  return classes;
}

// Whether what a config holds, or a layer inside it, does something else in training.
bool differs_in_training(const Json& config) {
  if (config.is_array())
    return std::any_of(config.begin(), config.end(),
                       [](const Json& v) { return differs_in_training(v); });
  if (!config.is_object()) return false;
  for (const auto& [key, value] : config.items()) {
    if (key.ends_with("dropout") && value.is_number() && value != 0) return true;
    if ((key == "class_name" || key == "$object") && value.is_string()) {
      const std::string name = value.get<std::string>();
      if (sensitive_classes().contains(name.substr(name.find_last_of('.') + 1))) return true;
    }
    if (differs_in_training(value)) return true;
  }
  return false;
}

// The one other argument of a call that is understood is `training`.
bool training_of(const model::GraphNode& node, const std::string& cls) {
  const auto& sensitive = sensitive_classes();
  bool training = true;
  if (!node.arguments.is_object()) {
    if (sensitive.contains(cls)) throw NotFollowed(cls + " whose call was not recorded");
    return training;
  }
  for (const auto& [name, given] : node.arguments.items()) {
    if (given.is_null() || (name == "..." && are_inputs(given, node, cls))) continue;
    if (name != "training" || !given.is_boolean()) throw NotFollowed("call argument " + name);
    training = given.get<bool>();
  }
  // The flag that a model was built with gives way to the one it is run with in some generations.
  if (!training &&
      (sensitive.contains(cls) || differs_in_training(node.of->value("config", Json::object()))))
    throw NotFollowed(cls + " called for inference");
  return training;
}

// Its only output went on to the layer that takes it.
bool is_taken(const AppliedLayer& applied) {
  return applied.outputs.size() == 1 && applied.outputs[0].size() == 0 &&
         element_count(applied.outputs[0].shape) > 0;
}

}  // namespace

TrainingPass::TrainingPass(const Json& model, const Json& step, const model::Run& run,
                           const Applications& applications, reference::Roundings* roundings)
    : model_(model), step_(step), run_(run), applications_(applications), roundings_(roundings) {
  if (!truth(model, "builtin", true) && truth(model, "own_test_step", true))
    throw NotFollowed("a model class that may define its own training step");
  if (text(model, "structure") == "subclassed") throw NotFollowed("a subclassed model");
  if (has_masking(model)) throw NotFollowed("masks");
  graph_ = model::graph_of(model);
  if (!graph_.unknown.empty()) throw NotFollowed(graph_.unknown);
  const auto spec = compile_spec(model, graph_.outputs.size());
  if (!spec) throw NotFollowed("the model was not compiled");
  spec_ = *spec;
  for (const auto& loss : spec_.losses)
    if (!loss.unknown.empty()) throw NotFollowed(loss.unknown);
  take_inputs();
  forward();
}

void TrainingPass::take_inputs() {
  const Json x = step_.value("x", Json());
  const bool named = x.is_object() && !x.contains("$tensor");
  const Json* list = items(x);
  if (!named && (list == nullptr ? 1 : list->size()) != graph_.inputs.size())
    throw NotFollowed("another number of inputs than the model has");
  for (std::size_t k = 0; k < graph_.inputs.size(); ++k) {
    const auto& input = graph_.inputs[k];
    std::string name;
    for (const auto& layer : model_.at("layers"))
      if (text(layer, "id") == input.layer) name = text(layer, "name");
    if (named && !x.contains(name)) throw NotFollowed("an input that is not named in the batch");
    const auto tensor = run_.tensor(named ? x[name] : list == nullptr ? x : (*list)[k]);
    if (!tensor) throw NotFollowed("the batch was not recorded");
    const DType dtype = graph_.order.empty() ? DType::kFloat32 : compute_dtype(*graph_.order[0].of);
    inputs_[{input.layer, input.node}] = cast(*tensor, dtype);
  }
}

const Bounded& TrainingPass::value(const model::GraphTensor& tensor) const {
  const Key key{tensor.layer, tensor.node};
  if (const auto input = inputs_.find(key); input != inputs_.end()) return input->second;
  const auto& outputs = applied_[at_.at(key)].outputs;
  if (tensor.tensor < 0 || std::size_t(tensor.tensor) >= outputs.size())
    throw NotFollowed("an output that the reference does not give");
  return outputs[std::size_t(tensor.tensor)];
}

// The output of a layer is large: the one layer that takes it has it from then on.
Bounded TrainingPass::taken(const model::GraphTensor& tensor) {
  const auto is_this = [&](const model::GraphTensor& other) {
    return other.layer == tensor.layer && other.node == tensor.node;
  };
  auto uses = std::ranges::count_if(graph_.outputs, is_this);
  for (const auto& node : graph_.order) uses += std::ranges::count_if(node.inputs, is_this);
  const auto from = at_.find({tensor.layer, tensor.node});
  if (from == at_.end() || uses > 1 || applied_[from->second].outputs.size() > 1)
    return value(tensor);
  Bounded& output = applied_[from->second].outputs.at(0);
  Bounded moved = std::move(output);
  output.shape = moved.shape;
  return moved;
}

// Which elements a layer dropped, from the re-run: its random numbers come from state that was put
// back before the step. That they are the step's is for the outcome to show.
bool TrainingPass::take_draw(const model::GraphNode& node, reference::LayerCall& call) {
  static const std::set<std::string> known{"Dropout", "SpatialDropout1D", "SpatialDropout2D",
                                           "SpatialDropout3D"};
  const auto found = applications_.find(node.layer);
  const auto uses = std::count_if(graph_.order.begin(), graph_.order.end(),
                                  [&](const auto& other) { return other.layer == node.layer; });
  if (!known.contains(call.class_name) || found == applications_.end() || uses != 1 ||
      !found->second.is_object() || found->second.value("training", Json()) != true)
    return false;
  call.observed = run_.tensors(found->second.value("outputs", Json()));
  if (call.observed.size() != 1) return false;
  if (graph_.outputs.size() != 1) throw NotFollowed(call.class_name + " and several outputs");
  call.training = true;
  drawn_ = true;
  return true;
}

AppliedLayer TrainingPass::call_of(const model::GraphNode& node) {
  const Json& layer = *node.of;
  AppliedLayer out{&layer, node.inputs, {}, {}, false, false};
  auto& call = out.call;
  call.class_name = text(layer, "class");
  if (!truth(layer, "builtin", true))
    throw NotFollowed("a layer of the program's own: " + call.class_name);
  call.config = layer.value("config", Json::object());
  if (!call.config.is_object()) throw NotFollowed("a config that was not recorded");
  for (Json& value : call.config)  // some generations keep numbers as arrays
    if (const auto t = run_.tensor(value); t && t->size() == 1) value = t->to_doubles()[0];
  call.compute_dtype = compute_dtype(layer);
  call.roundings = roundings_;
  call.products = products_of(run_);
  if (!take_draw(node, call)) call.training = training_of(node, call.class_name);
  // Documented since TensorFlow 2: a frozen layer runs in inference mode.
  if (call.class_name.starts_with("BatchNormalization") &&
      layer.value("trainable", Json()) == false)
    call.training = false;
  call.inputs.reserve(node.inputs.size());
  for (const auto& input : node.inputs) {
    call.inputs.push_back(taken(input));
    // A batch of numbers is documented to become one of rows of one number.
    if (Shape& shape = call.inputs.back().shape; shape.size() == 1 && call.class_name == "Dense")
      shape.push_back(1);
    call.masks.push_back(std::nullopt);
  }
  for (const auto& input : node.inputs)
    if (const auto from = at_.find({input.layer, input.node}); from != at_.end())
      out.trains = out.trains || applied_[from->second].trains;
  call.input_gradient = out.trains;
  const Json weights = step_.value("weights", Json::object());
  for (const auto& weight : layer.value("weights", Json::array())) {
    out.trains = out.trains || layer.value("trainable", Json()) != false;
    const auto tensor = run_.tensor(weights.value(text(weight, "id"), Json()));
    if (!tensor) throw NotFollowed("the weights were not recorded");
    call.weights.push_back(cast(*tensor, call.compute_dtype));
    call.weight_names.push_back(weight_name(text(weight, "name")));
  }
  return out;
}

// A cross-entropy of a softmax or sigmoid that nothing else uses.
void TrainingPass::leave_activation_to_loss(AppliedLayer& applied,
                                            const model::GraphNode& node) const {
  const auto is_this = [&](const model::GraphTensor& t) {
    return t.layer == node.layer && t.node == node.index;
  };
  const auto output = std::find_if(graph_.outputs.begin(), graph_.outputs.end(), is_this);
  if (output == graph_.outputs.end() ||
      std::count_if(graph_.outputs.begin(), graph_.outputs.end(), is_this) > 1)
    return;
  for (const auto& other : graph_.order)
    if (std::any_of(other.inputs.begin(), other.inputs.end(), is_this)) return;
  const LossSpec& loss = spec_.losses[std::size_t(output - graph_.outputs.begin())];
  const Json& activation = applied.call.config.value("activation", Json());
  const bool softmax = loss.canonical.ends_with("CategoricalCrossentropy") ||
                       loss.canonical == "CategoricalGeneralizedCrossEntropy";
  const bool wanted = (softmax && activation == "softmax") ||
                      (loss.canonical == "BinaryCrossentropy" && activation == "sigmoid");
  if (!wanted || truth(loss.config, "from_logits", false)) return;
  applied.call.config["activation"] = "linear";
  applied.logits = true;
}

void TrainingPass::settle(std::span<Bounded> outcome) const {
  for (Bounded& one : outcome) {
    const bool carried = roundings_ == nullptr;
    if (!carried) roundings_->settle(one);  // what was its bound is in its values
    if (!all_below(one.value, kLargest) || (carried && !all_below(one.bound, kWidest)))
      throw NotFollowed(kTooWide);
  }
}

void TrainingPass::forward() {
  for (const auto& node : graph_.order) {
    AppliedLayer applied = call_of(node);
    leave_activation_to_loss(applied, node);
    const std::string& cls = applied.call.class_name;
    const auto function = reference::find_layer(cls);
    if (function == nullptr) throw NotFollowed("no reference for class " + cls);
    if (applied.trains && reference::find_layer_gradient(cls) == nullptr)
      throw NotFollowed("no derivative for class " + cls);
    auto result = function(applied.call);
    if (result.not_checked) throw NotFollowed(result.not_checked->reason);
    settle(result.outputs);
    applied.outputs = std::move(result.outputs);
    applied.call.kept = std::move(result.kept);
    if (applied.outputs.size() == 1) applied.call.output = applied.outputs.data();
    for (std::size_t k = 0; k < node.inputs.size(); ++k)
      if (const auto from = at_.find({node.inputs[k].layer, node.inputs[k].node});
          from != at_.end() && is_taken(applied_[from->second]))
        applied_[from->second].call.output = &applied.call.inputs[k];
    at_[{node.layer, node.index}] = applied_.size();
    applied_.push_back(std::move(applied));
  }
}

Followed TrainingPass::followed() const { return {gradients(), states(), drawn_}; }

std::map<std::string, reference::LayerState> TrainingPass::states() const {
  std::map<std::string, reference::LayerState> out;
  for (const AppliedLayer& applied : applied_) {
    const auto state = reference::find_layer_state(applied.call.class_name);
    if (state == nullptr) continue;
    const auto [at, first] = out.try_emplace(text(*applied.layer, "id"));
    if (!first) {
      at->second = {{}, reference::NotChecked{"the state of a layer that is called several times"}};
      continue;
    }
    at->second = state(applied.call);
    for (auto& [name, forms] : at->second.after) settle(forms);
  }
  return out;
}

std::map<std::string, Bounded> TrainingPass::gradients() const {
  std::map<std::string, std::vector<Bounded>> by_weight;
  std::vector<std::vector<std::vector<Bounded>>> seeds(applied_.size());
  for (std::size_t k = 0; k < applied_.size(); ++k) seeds[k].resize(applied_[k].outputs.size());
  for (std::size_t k = 0; k < graph_.outputs.size(); ++k) {
    const auto& output = graph_.outputs[k];
    if (spec_.losses[k].canonical.empty()) continue;
    const std::size_t at = at_.at({output.layer, output.node});
    Bounded seed = loss_seed(step_, run_, spec_.losses[k], k, value(output),
                             applied_[at].call.compute_dtype, applied_[at].logits);
    settle({&seed, 1});
    seeds[at][std::size_t(output.tensor)].push_back(std::move(seed));
  }
  for (std::size_t k = applied_.size(); k-- > 0;) {
    const AppliedLayer& applied = applied_[k];
    const auto p = reference::precision_of(applied.call);
    std::vector<Bounded> summed;
    bool used = false;
    for (std::size_t o = 0; o < seeds[k].size(); ++o) {
      used = used || !seeds[k][o].empty();
      summed.push_back(seeds[k][o].empty() ? Bounded(applied.outputs[o].shape)
                                           : reference::sum_of(std::move(seeds[k][o]), p));
    }
    seeds[k].clear();
    settle(summed);
    if (!used || !applied.trains) continue;
    auto back = reference::find_layer_gradient(applied.call.class_name)(applied.call, summed);
    if (back.not_checked) throw NotFollowed(back.not_checked->reason);
    settle(back.inputs);
    const Json& weights = applied.layer->at("weights");
    for (std::size_t w = 0; w < back.weights.size() && w < weights.size(); ++w)
      if (back.weights[w]) by_weight[text(weights[w], "id")].push_back(std::move(*back.weights[w]));
    for (std::size_t i = 0; i < back.inputs.size() && i < applied.inputs.size(); ++i) {
      const auto from = at_.find({applied.inputs[i].layer, applied.inputs[i].node});
      if (from != at_.end() && back.inputs[i].size() > 0)
        seeds[from->second][std::size_t(applied.inputs[i].tensor)].push_back(
            std::move(back.inputs[i]));
    }
  }
  const Json weights = step_.value("weights", Json::object());
  for (const Json* layer : model::leaf_layers(model_))
    add_penalties(*layer, weights, run_, by_weight);
  std::map<std::string, Bounded> out;
  for (auto& [id, parts] : by_weight) {
    Bounded& sum = out[id] =
        reference::sum_of(std::move(parts), reference::precision_of(DType::kFloat32));
    if (roundings_ != nullptr) roundings_->settle(sum);
  }
  return out;
}

}  // namespace kerasan::checks
