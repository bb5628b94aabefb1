// Backpropagation through time (Werbos 1990): every cell gives the derivative of one step, the loop
// is shared.
#pragma once

#include <functional>
#include <map>

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

struct ReverseCell {
  std::size_t states = 1;  // all of `units` numbers; the first is the output
  std::int64_t units = 0;
  Bounded kernel, bias;  // of what a step takes from its input: x kernel + bias
  std::function<CellStates(const Bounded& input, const CellStates& before)> step;
  std::function<StepGradient(const Bounded& input, const CellStates& before,
                             const CellStates& seeds)>
      reverse;
  // The derivative by weight "bias" of that by `bias` here; empty for a layer without.
  std::function<Bounded(const Bounded& by_bias)> by_bias;
};

using ReverseCellFactory = ReverseCell (*)(const LayerCall&);

LayerGradient recurrent_reverse(const LayerCall& call, const std::vector<Bounded>& seeds,
                                ReverseCellFactory factory);

Bounded negated(Bounded a);

}  // namespace kerasan::reference
