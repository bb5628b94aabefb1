// TimeDistributed and Bidirectional, defined by the layers they wrap.
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

Bounded run_inner(const LayerCall& call) {
  const LayerFunction function = find_layer(call.class_name);
  require(function != nullptr, "no reference for class " + call.class_name);
  LayerResult result = function(call);
  require(!result.not_checked, result.not_checked ? result.not_checked->reason : "");
  require(result.outputs.size() == 1, "several outputs");
  return std::move(result.outputs[0]);
}

LayerCall inner_call(const LayerCall& call, const InnerLayer& inner) {
  LayerCall result = call;
  result.class_name = inner.class_name;
  result.config = inner.config;
  return result;
}

InnerLayer wrapped(const LayerCall& call) {
  auto inner = get_layer(call.config, "layer");
  require(inner.has_value(), "the inner layer is not in the config");
  return *inner;
}

Bounded time_distributed(const LayerCall& call) {
  const Bounded& x = call.inputs[0];
  require(call.inputs.size() == 1 && x.shape.size() >= 3, "input of unexpected rank");
  const std::int64_t batch = x.shape[0], steps = x.shape[1];
  LayerCall inner = inner_call(call, wrapped(call));
  // Statistics and random draws may be those of each step or of all steps together.
  require(!call.training || (inner.class_name != "BatchNormalization" &&
                             inner.class_name.find("Dropout") == std::string::npos),
          inner.class_name + " inside, in training");
  require(call.masks.empty() || !call.masks[0], "with a mask");
  inner.masks.clear();
  Shape flat = x.shape;
  flat.erase(flat.begin());
  flat[0] = batch * steps;
  inner.inputs = {reshape(x, flat)};
  Bounded y = run_inner(inner);
  require(!y.shape.empty() && y.shape[0] == batch * steps, "output of unexpected shape");
  y.shape[0] = steps;
  y.shape.insert(y.shape.begin(), batch);
  return y;
}

// Half `which` of a list.
template <class T>
std::vector<T> half(const std::vector<T>& list, int which) {
  const auto middle = list.begin() + std::ptrdiff_t(list.size() / 2);
  return which == 0 ? std::vector<T>(list.begin(), middle) : std::vector<T>(middle, list.end());
}

Bounded direction(const LayerCall& call, const InnerLayer& layer, int which) {
  LayerCall inner = inner_call(call, layer);
  require(call.weights.size() % 2 == 0 && call.weight_names.size() == call.weights.size() &&
              call.initial_states.size() % 2 == 0,
          "weights of both directions were not recorded");
  inner.weights = half(call.weights, which);
  inner.weight_names = half(call.weight_names, which);
  inner.initial_states = half(call.initial_states, which);
  return run_inner(inner);
}

Bounded reverse_time(const Bounded& x) {
  const std::int64_t last = x.shape[1] - 1;
  return gather(x, x.shape,
                [&](std::size_t axis, std::int64_t i) { return axis == 1 ? last - i : i; });
}

Bounded bidirectional(const LayerCall& call) {
  require(call.inputs.size() == 1, "several inputs");
  const InnerLayer forward = wrapped(call);
  InnerLayer backward = get_layer(call.config, "backward_layer").value_or(forward);
  if (!get_layer(call.config, "backward_layer"))
    backward.config["go_backwards"] = !get_flag(forward.config, "go_backwards", false);
  // Sequences of both directions are merged with zeros at masked steps: what the documentation of
  // RNN gives zero_output_for_mask for.
  InnerLayer ahead = forward;
  for (InnerLayer* layer : {&ahead, &backward})
    if (get_flag(layer->config, "return_sequences", false))
      layer->config["zero_output_for_mask"] = true;
  const Bounded a = direction(call, ahead, 0);
  Bounded b = direction(call, backward, 1);
  if (get_flag(forward.config, "return_sequences", false)) b = reverse_time(b);
  const std::string mode = get_text(call.config, "merge_mode", "none");
  const std::map<std::string, std::string> merges{
      {"concat", "Concatenate"}, {"sum", "Add"}, {"ave", "Average"}, {"mul", "Multiply"}};
  require(merges.contains(mode), "merge_mode " + mode);
  LayerCall merge = inner_call(call, {merges.at(mode), Json::object()});
  merge.inputs = {a, b};
  return run_inner(merge);
}

const LayerRegistrar registrars[] = {
    {"TimeDistributed", &checked<time_distributed>},
    {"Bidirectional", &checked<bidirectional>},
};

}  // namespace
}  // namespace kerasan::reference
