// Backpropagation through time (Werbos 1990): every cell gives the derivative of one step, the loop
// is shared.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "reference/gradient.h"
#include "reference/ops/reverse.h"
#include "reference/ops/row_norm.h"

namespace kerasan::reference {

using CellStates = std::vector<Normed>;

// Of one step, from the derivatives by the states after it.
struct StepGradient {
  Bounded input;      // by what the step takes from its input
  CellStates states;  // by the states before it
  std::map<std::string, Bounded> weights;
};

// A step and what its derivative would have to work out again.
struct KeptStep {
  CellStates after;
  std::shared_ptr<const void> work;
};

using WeightSink = std::function<void(const std::string& name, const Bounded& by_weight)>;

struct ReverseCell {
  std::size_t states = 1;  // all of `units` numbers; the first is the output
  std::int64_t units = 0;
  std::vector<Shape> shapes;  // of the states without the batch axis, where they are others
  std::size_t output = 0;     // the state that is also the output
  Bounded kernel, bias;       // of what a step takes from its input: x kernel + bias
  std::function<CellStates(const Bounded& input, const CellStates& before)> step;
  std::function<StepGradient(const Bounded& input, const CellStates& before,
                             const CellStates& seeds)>
      reverse;
  // For a cell whose step is much work: the same two with that work kept in between. Empty, or both
  // are there.
  std::function<KeptStep(const Bounded& input, const CellStates& before)> keep;
  std::function<StepGradient(const void* work, const CellStates& before, const CellStates& seeds)>
      reverse_kept;
  // That by "recurrent_kernel" is the product of the first states before all steps and the
  // derivatives by what the steps take from their input: `reverse_kept` leaves it out.
  bool leaves_recurrent = false;
  // The derivative by weight "bias" of that by `bias` here; empty for a layer without.
  std::function<Bounded(const Bounded& by_bias)> by_bias;
  // Where what a step takes from its input is something else: that of rows of inputs, and the
  // derivative by the rows from the one by it.
  std::function<Bounded(const Bounded& rows)> project;
  std::function<Bounded(const Bounded& rows, const Bounded& by_projected, const WeightSink& sink)>
      unproject;
  // Which of the weights a name stands for; by default the one of that name.
  std::function<std::size_t(const std::string& name)> place;

  std::vector<Shape> state_shapes() const;
};

using ReverseCellFactory = ReverseCell (*)(const LayerCall&);

// Registers the derivative of a cell under the name of its class, or of a layer that has it; that
// of the class itself follows.
struct ReverseCellRegistrar {
  ReverseCellRegistrar(std::string_view cell, ReverseCellFactory factory);
};
// Throws Unsupported for a cell without one.
ReverseCell make_reverse_cell(const LayerCall& call);

// What steps take from rows of inputs, and back.
Bounded project(const ReverseCell& cell, const Bounded& rows, Precision p);
Bounded unproject(const ReverseCell& cell, const Bounded& rows, const Bounded& by_projected,
                  const WeightSink& sink, Precision p);

Bounded negated(Bounded a);

}  // namespace kerasan::reference
