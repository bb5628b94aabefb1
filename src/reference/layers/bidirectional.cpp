// Bidirectional (Schuster and Paliwal 1997): one layer over the sequence as it is, one over the
// reversed one, merged by merge_mode; the states of the first come before those of the second.
#include <algorithm>
#include <iterator>

#include "reference/layers/wrapper.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// Half `which` of a list.
template <class T>
std::vector<T> half(const std::vector<T>& list, int which) {
  const auto middle = list.begin() + std::ptrdiff_t(list.size() / 2);
  return which == 0 ? std::vector<T>(list.begin(), middle) : std::vector<T>(middle, list.end());
}

struct Direction {
  InnerLayer layer;
  int which;  // half of the weights and states
};

// Keras names the two layers forward_... and backward_..., unless the second was given.
bool backward_path(const std::string& path, const std::string& name) {
  const std::string whole = "/" + path;
  return whole.find("/backward_") != std::string::npos ||
         (!name.empty() && whole.find("/" + name + "/") != std::string::npos);
}

// The two may differ in the number of weights, and frozen ones come last; where the paths do not
// tell them apart, each has half.
void take_weights(const LayerCall& call, const std::string& name, int which, LayerCall& inner) {
  const std::size_t count = call.weights.size();
  require(call.weight_names.size() == count, "weights of both directions were not recorded");
  std::vector<int> owner(count, 0);
  for (std::size_t i = 0; i < count && i < call.weight_paths.size(); ++i)
    owner[i] = backward_path(call.weight_paths[i], name) ? 1 : 0;
  const auto backward = std::size_t(std::count(owner.begin(), owner.end(), 1));
  if (backward == 0 || backward == count) {
    require(count % 2 == 0, "weights of both directions were not recorded");
    for (std::size_t i = 0; i < count; ++i) owner[i] = i < count / 2 ? 0 : 1;
  }
  inner.weights.clear();
  inner.weight_names.clear();
  inner.weight_paths.clear();
  for (std::size_t i = 0; i < count; ++i)
    if (owner[i] == which) {
      inner.weights.push_back(call.weights[i]);
      inner.weight_names.push_back(call.weight_names[i]);
    }
}

Outputs run(const LayerCall& call, const Direction& direction) {
  LayerCall inner = inner_call(call, direction.layer);
  const auto given_layer = get_layer(call.config, "backward_layer");
  const std::string name = given_layer ? get_text(given_layer->config, "name", "") : "";
  take_weights(call, name, direction.which, inner);
  std::vector<Bounded> given = call.initial_states;
  if (const auto named = call.tensors.find("initial_state"); named != call.tensors.end())
    if (given.empty()) given = named->second;
  if (given.empty()) given.assign(call.inputs.begin() + 1, call.inputs.end());
  require(given.size() % 2 == 0, "initial states of both directions were not recorded");
  inner.inputs.resize(1);
  inner.tensors.clear();
  inner.initial_states = half(given, direction.which);
  Outputs outputs = run_inner(inner);
  require(!outputs.empty(), "no output");
  return outputs;
}

Bounded reverse_time(const Bounded& x, std::size_t time) {
  const std::int64_t last = x.shape[time] - 1;
  return gather(x, x.shape,
                [&](std::size_t axis, std::int64_t i) { return axis == time ? last - i : i; });
}

Bounded merge(const LayerCall& call, const std::string& mode, Bounded a, Bounded b) {
  const std::map<std::string, std::string> merges{
      {"concat", "Concatenate"}, {"sum", "Add"}, {"ave", "Average"}, {"mul", "Multiply"}};
  require(merges.contains(mode), "merge_mode " + mode);
  LayerCall merge;
  merge.class_name = merges.at(mode);
  merge.compute_dtype = call.compute_dtype;
  merge.inputs = {std::move(a), std::move(b)};
  return run_single(merge);
}

std::pair<Direction, Direction> directions(const LayerCall& call) {
  Direction ahead{wrapped(call), 0};
  const auto given = get_layer(call.config, "backward_layer");
  Direction back{given.value_or(ahead.layer), 1};
  if (!given)
    back.layer.config["go_backwards"] = !get_flag(ahead.layer.config, "go_backwards", false);
  // Sequences of both directions are merged with zeros at masked steps: what the documentation of
  // RNN gives zero_output_for_mask for.
  for (Direction* direction : {&ahead, &back})
    direction->layer.config["zero_output_for_mask"] =
        get_flag(direction->layer.config, "return_sequences", false);
  return {std::move(ahead), std::move(back)};
}

Outputs bidirectional(const LayerCall& call) {
  const auto [ahead, back] = directions(call);
  Outputs forward = run(call, ahead), backward = run(call, back);
  Json known = ahead.layer.config;
  known.erase(call.unknown_to_wrapper);
  if (get_flag(known, "return_sequences", false))
    backward[0] = reverse_time(backward[0], get_flag(known, "time_major", false) ? 0 : 1);
  const std::string mode = get_text(call.config, "merge_mode", "none");
  Outputs outputs;
  if (mode == "none") {
    outputs = {std::move(forward[0]), std::move(backward[0])};
  } else {
    outputs.push_back(merge(call, mode, std::move(forward[0]), std::move(backward[0])));
  }
  for (Outputs* states : {&forward, &backward})
    outputs.insert(outputs.end(), std::make_move_iterator(states->begin() + 1),
                   std::make_move_iterator(states->end()));
  return outputs;
}

const LayerRegistrar registrar{"Bidirectional", &checked<bidirectional>};

}  // namespace
}  // namespace kerasan::reference
