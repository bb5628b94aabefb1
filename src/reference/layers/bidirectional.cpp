// Bidirectional (Schuster and Paliwal 1997): one layer over the sequence as it is, one over the
// reversed one, merged by merge_mode; the states of the first come before those of the second.
#include <algorithm>
#include <iterator>

#include "reference/layers/wrapper.h"
#include "reference/ops/reverse.h"
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

// The direction of each weight. The two may differ in their number, and frozen ones come last;
// where the paths do not tell them apart, each has half.
std::vector<int> owners(const LayerCall& call) {
  const auto given = get_layer(call.config, "backward_layer");
  const std::string name = given ? get_text(given->config, "name", "") : "";
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
  return owner;
}

LayerCall call_of(const LayerCall& call, const Direction& direction) {
  LayerCall inner = inner_call(call, direction.layer);
  const std::vector<int> owner = owners(call);
  inner.weights.clear();
  inner.weight_names.clear();
  inner.weight_paths.clear();
  for (std::size_t i = 0; i < owner.size(); ++i)
    if (owner[i] == direction.which) {
      inner.weights.push_back(call.weights[i]);
      inner.weight_names.push_back(call.weight_names[i]);
    }
  std::vector<Bounded> given = call.initial_states;
  if (const auto named = call.tensors.find("initial_state"); named != call.tensors.end())
    if (given.empty()) given = named->second;
  if (given.empty()) given.assign(call.inputs.begin() + 1, call.inputs.end());
  require(given.size() % 2 == 0, "initial states of both directions were not recorded");
  inner.inputs.resize(1);
  inner.tensors.clear();
  inner.initial_states = half(given, direction.which);
  return inner;
}

Outputs run(const LayerCall& call, const Direction& direction) {
  Outputs outputs = run_inner(call_of(call, direction));
  require(!outputs.empty(), "no output");
  return outputs;
}

Bounded reverse_time(const Bounded& x, std::size_t time) {
  const std::int64_t last = x.shape[time] - 1;
  return gather(x, x.shape,
                [&](std::size_t axis, std::int64_t i) { return axis == time ? last - i : i; });
}

LayerCall merge_of(const LayerCall& call, const std::string& mode, Bounded a, Bounded b) {
  const std::map<std::string, std::string> merges{
      {"concat", "Concatenate"}, {"sum", "Add"}, {"ave", "Average"}, {"mul", "Multiply"}};
  require(merges.contains(mode), "merge_mode " + mode);
  LayerCall merge;
  merge.class_name = merges.at(mode);
  merge.config = nlohmann::json::object();
  merge.compute_dtype = call.compute_dtype;
  merge.roundings = call.roundings;
  merge.inputs = {std::move(a), std::move(b)};
  merge.masks.resize(2);
  return merge;
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

// Steps of both directions in one order.
void align(const LayerCall& call, const Direction& ahead, Bounded& backward) {
  Json known = ahead.layer.config;
  known.erase(call.unknown_to_wrapper);
  if (get_flag(known, "return_sequences", false))
    backward = reverse_time(backward, get_flag(known, "time_major", false) ? 0 : 1);
}

Outputs bidirectional(const LayerCall& call) {
  const auto [ahead, back] = directions(call);
  Outputs forward = run(call, ahead), backward = run(call, back);
  align(call, ahead, backward[0]);
  const std::string mode = get_text(call.config, "merge_mode", "none");
  Outputs outputs;
  if (mode == "none") {
    outputs = {std::move(forward[0]), std::move(backward[0])};
  } else {
    outputs.push_back(
        run_single(merge_of(call, mode, std::move(forward[0]), std::move(backward[0]))));
  }
  for (Outputs* states : {&forward, &backward})
    outputs.insert(outputs.end(), std::make_move_iterator(states->begin() + 1),
                   std::make_move_iterator(states->end()));
  return outputs;
}

// What each direction gets of the derivative by the outputs.
std::pair<Outputs, Outputs> split(const LayerCall& call, const Direction& ahead,
                                  const Direction& back, const std::vector<Bounded>& seeds) {
  const std::string mode = get_text(call.config, "merge_mode", "none");
  std::pair<Outputs, Outputs> out;
  std::size_t states = 1;
  if (mode == "none") {
    require(seeds.size() >= 2, "another number of outputs");
    out = {{seeds[0]}, {seeds[1]}};
    states = 2;
  } else {
    Bounded forward = run(call, ahead)[0], backward = run(call, back)[0];
    align(call, ahead, backward);
    auto by = run_inner_reverse(merge_of(call, mode, std::move(forward), std::move(backward)),
                                {seeds.at(0)});
    out = {{std::move(by.inputs.at(0))}, {std::move(by.inputs.at(1))}};
  }
  align(call, ahead, out.second[0]);
  const std::size_t each = (seeds.size() - states) / 2;
  require(states + 2 * each == seeds.size(), "another number of outputs");
  for (std::size_t i = 0; i < each; ++i) {
    out.first.push_back(seeds[states + i]);
    out.second.push_back(seeds[states + each + i]);
  }
  return out;
}

LayerGradient bidirectional_reverse(const LayerCall& call, const std::vector<Bounded>& seeds) {
  require(call.inputs.size() == 1 && call.initial_states.empty(), "initial states");
  const auto [ahead, back] = directions(call);
  const auto [forward, backward] = split(call, ahead, back, seeds);
  LayerGradient by[] = {run_inner_reverse(call_of(call, ahead), forward),
                        run_inner_reverse(call_of(call, back), backward)};
  const Bounded inputs[] = {by[0].inputs.at(0), by[1].inputs.at(0)};
  LayerGradient out = gradient_by_input(call, sum_of(inputs, precision_of(call)));
  std::size_t next[] = {0, 0};
  const std::vector<int> owner = owners(call);
  for (std::size_t i = 0; i < owner.size(); ++i)
    out.weights[i] = std::move(by[owner[i]].weights.at(next[owner[i]]++));
  return out;
}

const LayerRegistrar registrar{"Bidirectional", &checked<bidirectional>};
const LayerGradientRegistrar reverse{"Bidirectional", &reversed_many<bidirectional_reverse>};

}  // namespace
}  // namespace kerasan::reference
