// Derivative of StackedRNNCells, cell by cell from the last.
#include <memory>

#include "reference/layers/recurrent.h"
#include "reference/layers/recurrent_reverse.h"
#include "reference/ops/config.h"

namespace kerasan::reference {
namespace {

struct ReverseStack {
  std::vector<LayerCall> calls;
  std::vector<ReverseCell> cells;
  std::vector<std::size_t> weights, states;  // where those of each cell begin
  Precision p;

  // Names of weights: "1/kernel" is that of the second cell.
  static std::string name(std::size_t cell, const std::string& of) {
    return std::to_string(cell) + "/" + of;
  }
  std::size_t place(const std::string& named) const {
    const std::size_t slash = named.find('/'), cell = std::stoul(named.substr(0, slash));
    const auto& names = calls[cell].weight_names;
    for (std::size_t k = 0; k < names.size(); ++k)
      if (names[k] == named.substr(slash + 1)) return weights[cell] + k;
    throw Unsupported("weight " + named + " was not recorded");
  }
  CellStates own(const CellStates& all, std::size_t cell) const {
    const auto begin = all.begin() + std::ptrdiff_t(states[cell]);
    return {begin, begin + std::ptrdiff_t(cells[cell].state_shapes().size())};
  }

  // What goes into each cell, and the states after the step.
  struct Forward {
    std::vector<Bounded> rows, projected;
    CellStates after;
  };
  Forward forward(const Bounded& first, const CellStates& before) const {
    Forward out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      out.rows.push_back(i == 0 ? Bounded()
                                : Bounded(out.after[states[i - 1] + cells[i - 1].output]));
      out.projected.push_back(i == 0 ? first : project(cells[i], out.rows[i], p));
      for (Normed& state : cells[i].step(out.projected[i], own(before, i)))
        out.after.push_back(std::move(state));
    }
    return out;
  }

  StepGradient reverse(const Bounded& first, const CellStates& before,
                       const CellStates& seeds) const {
    const Forward at = forward(first, before);
    StepGradient out{{}, CellStates(before.size()), {}};
    Bounded by_output;  // from the cell above
    for (std::size_t i = cells.size(); i-- > 0;) {
      CellStates by = own(seeds, i);
      if (by_output.size() > 0)
        by[cells[i].output] = plus(by[cells[i].output], Normed(by_output), p);
      StepGradient one = cells[i].reverse(at.projected[i], own(before, i), by);
      for (std::size_t s = 0; s < one.states.size(); ++s)
        out.states[states[i] + s] = std::move(one.states[s]);
      for (auto& [weight, value] : one.weights) add(out, name(i, weight), value);
      if (i == 0) {
        out.input = std::move(one.input);
        break;
      }
      by_output = unproject(
          cells[i], at.rows[i], one.input,
          [&](const std::string& weight, const Bounded& value) {
            add(out, name(i, weight), value);
          },
          p);
    }
    return out;
  }
  void add(StepGradient& out, const std::string& weight, const Bounded& value) const {
    const auto found = out.weights.find(weight);
    if (found == out.weights.end()) {
      out.weights.emplace(weight, value);
      return;
    }
    const Bounded parts[] = {found->second, value};
    found->second = sum_of(parts, p);
  }
};

ReverseCell stacked(const LayerCall& call) {
  const auto stack = std::make_shared<ReverseStack>();
  stack->calls = stacked_calls(call, &stack->weights);
  stack->p = recurrence_of(call);
  ReverseCell result;
  Shape input = call.inputs.at(0).shape;
  for (LayerCall& one : stack->calls) {
    one.inputs = {Bounded(input)};
    stack->cells.push_back(make_reverse_cell(one));
    const std::vector<Shape> shapes = stack->cells.back().state_shapes();
    stack->states.push_back(result.shapes.size());
    result.output = result.shapes.size() + stack->cells.back().output;
    result.shapes.insert(result.shapes.end(), shapes.begin(), shapes.end());
    input.resize(1);
    input.insert(input.end(), shapes[stack->cells.back().output].begin(),
                 shapes[stack->cells.back().output].end());
  }
  result.project = [stack](const Bounded& rows) {
    return project(stack->cells[0], rows, stack->p);
  };
  result.unproject = [stack](const Bounded& rows, const Bounded& by, const WeightSink& sink) {
    const auto named = [&](const std::string& weight, const Bounded& value) {
      sink(ReverseStack::name(0, weight), value);
    };
    return unproject(stack->cells[0], rows, by, named, stack->p);
  };
  result.place = [stack](const std::string& name) { return stack->place(name); };
  result.step = [stack](const Bounded& x, const CellStates& s) {
    return stack->forward(x, s).after;
  };
  result.reverse = [stack](const Bounded& x, const CellStates& s, const CellStates& seeds) {
    return stack->reverse(x, s, seeds);
  };
  return result;
}

const ReverseCellRegistrar registrar{"StackedRNNCells", &stacked};

}  // namespace
}  // namespace kerasan::reference
