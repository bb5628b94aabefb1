// The recurrent layers share their loop over time; each defines one step.
#pragma once

#include <functional>

#include "reference/layer.h"
#include "reference/ops/precision.h"

namespace kerasan::reference {

using States = std::vector<Bounded>;
// The states after one step; the first one is the output. `x` is [batch, features].
using Cell = std::function<States(const Bounded& x, const States& states)>;

// Runs `cell` over axis 1 of the input with masks, go_backwards, return_sequences and initial
// states as the Keras RNN documentation defines them. Every state is [batch, units].
Bounded recur(const LayerCall& call, std::size_t state_count, std::int64_t units, const Cell& cell);

// What a step takes from its input: x kernel + bias, the bias where the layer has one.
class InputProduct {
 public:
  explicit InputProduct(const LayerCall& call);
  Bounded operator()(const Bounded& x) const;

 private:
  const Bounded& kernel_;
  const Bounded* bias_;
  Precision p_;
};

// Elementwise helpers with their rounding.
Bounded plus(const Bounded& a, const Bounded& b, Precision p);
Bounded times(const Bounded& a, const Bounded& b, Precision p);
Bounded one_minus(const Bounded& a, Precision p);
// Columns [first, first + count) of the last axis.
Bounded columns(const Bounded& m, std::int64_t first, std::int64_t count);

}  // namespace kerasan::reference
