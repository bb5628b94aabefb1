// The loop over time of the RNN class of the Keras documentation.
#include "reference/layers/recurrent.h"

#include <algorithm>
#include <cmath>

#include "reference/ops/config.h"
#include "reference/ops/gemm.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"
#include "reference/registry.h"

namespace kerasan::reference {
namespace {

void check_supported(const LayerCall& call) {
  require(!call.tensors.contains("constants"), "constants");
  require(call.inputs[0].shape.size() >= 3, "input of unexpected rank");
  require(call.inputs[0].shape[1] > 0, "no time steps");
}

Shape with_batch(std::int64_t batch, const Shape& shape) {
  Shape result{batch};
  result.insert(result.end(), shape.begin(), shape.end());
  return result;
}

const Bounded* mask_of(const LayerCall& call) {
  if (call.masks.empty() || !call.masks[0]) return nullptr;
  const Bounded& mask = *call.masks[0];
  require(mask.shape == Shape({call.inputs[0].shape[0], call.inputs[0].shape[1]}),
          "mask of another shape");
  return &mask;
}

void copy_block(const Bounded& from, std::size_t at, Bounded& to, std::size_t there,
                std::size_t count) {
  std::copy_n(from.value.begin() + std::ptrdiff_t(at), count,
              to.value.begin() + std::ptrdiff_t(there));
  std::copy_n(from.bound.begin() + std::ptrdiff_t(at), count,
              to.bound.begin() + std::ptrdiff_t(there));
}

// Row n of `to` becomes that of `from` where the mask of step t is 0.
void keep_masked(Normed& to, const Normed& from, const Bounded& mask, std::int64_t t) {
  if (to.shape[0] == 0) return;
  const std::size_t block = to.size() / std::size_t(to.shape[0]);
  for (std::int64_t n = 0; n < to.shape[0]; ++n)
    if (mask.value[std::size_t(n * mask.shape[1] + t)] == 0) {
      copy_block(from, std::size_t(n) * block, to, std::size_t(n) * block, block);
      to.norm[std::size_t(n)] = from.norm[std::size_t(n)];
    }
}

// Axes 0 and 1 exchanged.
Bounded swap_time(const Bounded& x) {
  std::vector<std::size_t> order(x.shape.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::swap(order[0], order[1]);
  return permute(x, order);
}

// What every step takes from its input, [batch, time, ...].
Bounded project(const RecurrentCell& cell, const Bounded& x) {
  Shape rows(x.shape.begin() + 1, x.shape.end());
  rows[0] = x.shape[0] * x.shape[1];
  Bounded z = cell.project(reshape(x, rows));
  z.shape[0] = x.shape[1];
  z.shape.insert(z.shape.begin(), x.shape[0]);
  return z;
}

void put_step(Bounded& sequence, const Bounded& step, std::int64_t t) {
  if (step.shape[0] == 0) return;
  const std::size_t block = step.size() / std::size_t(step.shape[0]);
  for (std::int64_t n = 0; n < step.shape[0]; ++n)
    copy_block(step, std::size_t(n) * block, sequence,
               std::size_t(n * sequence.shape[1] + t) * block, block);
}

bool masks(const Bounded& mask, std::int64_t t) {
  for (std::int64_t n = 0; n < mask.shape[0]; ++n)
    if (mask.value[std::size_t(n * mask.shape[1] + t)] == 0) return true;
  return false;
}

// What a masked step repeats before there was another is not documented: some backends give zero,
// some the initial state.
Normed before_any(const LayerCall& call, const Bounded& initial) {
  Bounded between(initial.shape);
  for (std::size_t i = 0; i < initial.size(); ++i) {
    between.value[i] = initial.value[i] / 2;
    between.bound[i] = std::fabs(initial.value[i] / 2) + initial.bound[i];
  }
  require(call.roundings == nullptr || is_exact(between), kBeforeAny);
  return between;
}

// The last output or all of them, and the last states.
struct Loop {
  Normed output;
  Bounded sequence;
  States states;
};

Loop loop(const LayerCall& call, const RecurrentCell& cell) {
  const Bounded& x = call.inputs[0];
  const std::int64_t steps = x.shape[1];
  const Bounded* mask = mask_of(call);
  // A masked step repeats the output before it, or gives zero; the states stay.
  const bool zeros = get_flag(call.config, "zero_output_for_mask", false);
  const bool backwards = get_flag(call.config, "go_backwards", false);
  const bool all = get_flag(call.config, "return_sequences", false);
  States states = initial_states(call, cell.states);
  const Normed zero(Bounded(states[cell.output].shape));
  const bool repeats = mask != nullptr && !zeros && masks(*mask, backwards ? steps - 1 : 0);
  Loop result{repeats ? before_any(call, states[cell.output]) : zero, {}, {}};
  if (all) {
    Shape shape = zero.shape;
    shape.insert(shape.begin() + 1, steps);
    require(double(element_count(shape)) <= kMaxElements, "too large to recompute");
    result.sequence = Bounded(shape);
  }
  Bounded projected = project(cell, x);
  if (call.roundings != nullptr) call.roundings->settle(projected);
  for (std::int64_t i = 0; i < steps; ++i) {
    const std::int64_t t = backwards ? steps - 1 - i : i;
    States next = cell.step(step_of(projected, t), states);
    settle(call, next);
    Normed now = next[cell.output];
    if (mask != nullptr) {
      keep_masked(now, zeros ? zero : result.output, *mask, t);
      for (std::size_t s = 0; s < next.size(); ++s) keep_masked(next[s], states[s], *mask, t);
    }
    if (all) put_step(result.sequence, now, i);
    result.output = std::move(now);
    states = std::move(next);
  }
  result.states = std::move(states);
  return result;
}

LayerCall batch_major(const LayerCall& call) {
  LayerCall turned = call;
  require(call.masks.empty() || !call.masks[0], "time_major with a mask");
  require(call.inputs[0].shape.size() >= 3, "input of unexpected rank");
  turned.inputs[0] = swap_time(call.inputs[0]);
  turned.config["time_major"] = false;
  return turned;
}

Outputs recurrent_layer(const LayerCall& call) {
  const LayerCall cell = cell_call(call);
  return recur(call, make_cell(cell));
}

// A cell called on one step: the output, then the states after it.
Outputs recurrent_cell(const LayerCall& call) {
  const RecurrentCell cell = make_cell(call);
  States states(call.inputs.begin() + 1, call.inputs.end());
  if (const auto given = call.tensors.find("states"); given != call.tensors.end())
    states.assign(given->second.begin(), given->second.end());
  require(states.size() == cell.states.size(), "states were not recorded");
  for (std::size_t i = 0; i < states.size(); ++i)
    require(states[i].shape == with_batch(call.inputs[0].shape[0], cell.states[i]),
            "state of another shape");
  States next = cell.step(cell.project(call.inputs[0]), states);
  Outputs outputs{next[cell.output]};
  outputs.insert(outputs.end(), next.begin(), next.end());
  return outputs;
}

Registry<CellFactory>& cells() {
  static Registry<CellFactory> registry;
  return registry;
}

const LayerRegistrar registrar{"RNN", &checked<recurrent_layer>};

}  // namespace

States initial_states(const LayerCall& call, const std::vector<Shape>& shapes) {
  const std::int64_t batch = call.inputs[0].shape[0];
  States states(call.initial_states.begin(), call.initial_states.end());
  if (const auto given = call.tensors.find("initial_state"); given != call.tensors.end())
    if (states.empty()) states.assign(given->second.begin(), given->second.end());
  for (std::size_t i = 1; i < call.inputs.size() && states.size() < shapes.size(); ++i)
    states.push_back(call.inputs[i]);
  require(!states.empty() || !get_flag(call.config, "stateful", false),
          "states of a stateful layer were not recorded");
  if (states.empty())
    for (const Shape& shape : shapes) states.emplace_back(Bounded(with_batch(batch, shape)));
  require(states.size() == shapes.size(), "initial states are incomplete");
  for (std::size_t i = 0; i < states.size(); ++i)
    require(states[i].shape == with_batch(batch, shapes[i]), "initial state of another shape");
  return states;
}

LayerCall cell_call(const LayerCall& call) {
  LayerCall cell;
  cell.class_name = call.class_name;
  cell.config = call.config;
  if (call.class_name == "RNN") {
    const Json& held = call.config.contains("cell") ? call.config["cell"] : Json();
    if (held.is_array()) {  // a list of cells stands for a stack of them
      cell.class_name = "StackedRNNCells";
      cell.config = {{"cells", held}};
    } else {
      const auto inner = get_layer(call.config, "cell");
      require(inner.has_value(), "the cell is not in the config");
      cell.class_name = inner->class_name;
      cell.config = inner->config;
    }
  }
  cell.weights = call.weights;
  cell.weight_names = call.weight_names;
  cell.training = call.training;
  cell.compute_dtype = call.compute_dtype;
  cell.roundings = call.roundings;
  cell.products = call.products;
  require(call.inputs.at(0).shape.size() >= 3, "input of unexpected rank");
  Shape step = call.inputs[0].shape;
  step.erase(step.begin() + (get_flag(call.config, "time_major", false) ? 0 : 1));
  cell.inputs = {Bounded(step)};
  return cell;
}

CellRegistrar::CellRegistrar(std::string_view layer, std::string_view cell, CellFactory factory) {
  for (std::string_view name : {layer, cell})
    if (!name.empty()) cells().add(name, factory);
  if (!layer.empty()) LayerRegistrar(layer, &checked<recurrent_layer>);
  if (!cell.empty()) LayerRegistrar(cell, &checked<recurrent_cell>);
}

RecurrentCell make_cell(const LayerCall& call) {
  const CellFactory factory = cells().find(call.class_name);
  require(factory != nullptr, "no reference for cell " + call.class_name);
  require(!call.training || (get_number(call.config, "dropout", 0) == 0 &&
                             get_number(call.config, "recurrent_dropout", 0) == 0),
          "random dropout inside the cell");
  return factory(call);
}

Outputs recur(const LayerCall& call, const RecurrentCell& cell) {
  const bool time_major = get_flag(call.config, "time_major", false);
  if (time_major) {
    Outputs outputs = recur(batch_major(call), cell);
    if (get_flag(call.config, "return_sequences", false)) outputs[0] = swap_time(outputs[0]);
    return outputs;
  }
  check_supported(call);
  Loop done = loop(call, cell);
  Outputs outputs;
  outputs.push_back(get_flag(call.config, "return_sequences", false) ? std::move(done.sequence)
                                                                     : std::move(done.output));
  if (get_flag(call.config, "return_state", false))
    for (Normed& state : done.states) outputs.push_back(std::move(state));
  return outputs;
}

Bounded input_product(const LayerCall& call, const Bounded& x) {
  const Bounded& kernel = get_weight(call, "kernel");
  const Precision p = recurrence_of(call);
  Bounded z = matmul(x, kernel, p);
  if (get_flag(call.config, "use_bias", true))
    add_bias(z, get_weight(call, "bias"), p, double(kernel.shape[0]));
  return z;
}

}  // namespace kerasan::reference
