// StackedRNNCells: the output of each cell is the input of the next one, in one step.
#include <memory>

#include "reference/layers/recurrent.h"
#include "reference/ops/config.h"

namespace kerasan::reference {

// Every cell has its weights in one run that begins with its kernel.
std::vector<LayerCall> stacked_calls(const LayerCall& call, std::vector<std::size_t>* place) {
  std::vector<LayerCall> calls;
  const Json& list = call.config.contains("cells") ? call.config["cells"] : Json();
  require(list.is_array() && !list.empty(), "the cells are not in the config");
  require(!get_flag(call.config, "reverse_state_order", false), "reverse_state_order");
  std::size_t next = 0;
  for (const Json& item : list) {
    const auto inner = get_layer({{"cell", item}}, "cell");
    LayerCall cell;
    cell.class_name = inner->class_name;
    cell.config = inner->config;
    cell.training = call.training;
    cell.compute_dtype = call.compute_dtype;
    cell.roundings = call.roundings;
    cell.products = call.products;
    if (place != nullptr) place->push_back(next);
    do {
      require(next < call.weights.size() && next < call.weight_names.size(),
              "weights of all cells were not recorded");
      cell.weights.push_back(call.weights[next]);
      cell.weight_names.push_back(call.weight_names[next++]);
    } while (next < call.weights.size() && call.weight_names[next] != "kernel");
    calls.push_back(std::move(cell));
  }
  require(next == call.weights.size(), "more weights than the cells have");
  // Weights are listed with those that are frozen last, whichever cell they belong to.
  for (const LayerCall& cell : calls)
    require(
        get_flag(cell.config, "trainable", true) == get_flag(calls[0].config, "trainable", true),
        "only some cells are trainable");
  return calls;
}

namespace {

struct Stack {
  std::vector<LayerCall> calls;
  std::vector<RecurrentCell> cells;

  States step(Bounded x, const States& states) const {
    States all;
    for (std::size_t i = 0, at = 0; i < cells.size(); at += cells[i++].states.size()) {
      const auto begin = states.begin() + std::ptrdiff_t(at);
      const States own(begin, begin + std::ptrdiff_t(cells[i].states.size()));
      States next = cells[i].step(i == 0 ? x : cells[i].project(x), own);
      x = next[cells[i].output];
      for (Normed& state : next) all.push_back(std::move(state));
    }
    return all;
  }
};

RecurrentCell stacked(const LayerCall& call) {
  const auto stack = std::make_shared<Stack>();
  stack->calls = stacked_calls(call);
  RecurrentCell result;
  Shape input = call.inputs[0].shape;
  for (LayerCall& cell : stack->calls) {
    cell.inputs = {Bounded(input)};
    stack->cells.push_back(make_cell(cell));
    const RecurrentCell& made = stack->cells.back();
    result.output = result.states.size() + made.output;
    result.states.insert(result.states.end(), made.states.begin(), made.states.end());
    input.resize(1);
    input.insert(input.end(), made.states[made.output].begin(), made.states[made.output].end());
  }
  result.project = [stack](const Bounded& x) { return stack->cells[0].project(x); };
  result.step = [stack](const Bounded& z, const States& s) { return stack->step(z, s); };
  return result;
}

const CellRegistrar registrar{"", "StackedRNNCells", &stacked};

}  // namespace
}  // namespace kerasan::reference
