#include "reference/layers/recurrent.h"

#include <algorithm>
#include <cmath>

#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

void check_supported(const LayerCall& call) {
  require(!get_flag(call.config, "return_state", false), "return_state");
  require(!get_flag(call.config, "time_major", false), "time_major");
  require(!call.training || (get_number(call.config, "dropout", 0) == 0 &&
                             get_number(call.config, "recurrent_dropout", 0) == 0),
          "random dropout inside the cell");
  require(call.inputs[0].shape.size() == 3, "input of unexpected rank");
}

States initial_states(const LayerCall& call, std::size_t count, std::int64_t units) {
  const Shape shape{call.inputs[0].shape[0], units};
  States states = call.initial_states;
  for (std::size_t i = 1; i < call.inputs.size() && states.size() < count; ++i)
    states.push_back(call.inputs[i]);
  require(!states.empty() || !get_flag(call.config, "stateful", false),
          "states of a stateful layer were not recorded");
  if (states.empty()) states.assign(count, Bounded(shape));
  require(states.size() == count, "initial states are incomplete");
  for (const Bounded& state : states)
    require(state.shape == shape, "initial state of another shape");
  return states;
}

const Bounded* mask_of(const LayerCall& call) {
  if (call.masks.empty() || !call.masks[0]) return nullptr;
  const Bounded& mask = *call.masks[0];
  require(mask.shape == Shape({call.inputs[0].shape[0], call.inputs[0].shape[1]}),
          "mask of another shape");
  return &mask;
}

// Row n of `to` becomes that of `from` where the mask of step t is 0.
void keep_masked(Bounded& to, const Bounded& from, const Bounded& mask, std::int64_t t) {
  const std::int64_t units = to.shape[1];
  for (std::int64_t n = 0; n < to.shape[0]; ++n)
    if (mask.value[n * mask.shape[1] + t] == 0) {
      std::copy_n(from.value.begin() + n * units, units, to.value.begin() + n * units);
      std::copy_n(from.bound.begin() + n * units, units, to.bound.begin() + n * units);
    }
}

void put_step(Bounded& sequence, const Bounded& step, std::int64_t t) {
  const std::int64_t units = step.shape[1];
  for (std::int64_t n = 0; n < step.shape[0]; ++n) {
    const std::int64_t to = (n * sequence.shape[1] + t) * units;
    std::copy_n(step.value.begin() + n * units, units, sequence.value.begin() + to);
    std::copy_n(step.bound.begin() + n * units, units, sequence.bound.begin() + to);
  }
}

}  // namespace

Bounded recur(const LayerCall& call, std::size_t state_count, std::int64_t units,
              const Cell& cell) {
  check_supported(call);
  const Bounded& x = call.inputs[0];
  const std::int64_t steps = x.shape[1];
  require(steps > 0, "no time steps");
  const Bounded* mask = mask_of(call);
  // A masked step repeats the output before it, or gives zero; the states stay.
  const bool zeros = get_flag(call.config, "zero_output_for_mask", false);
  const bool backwards = get_flag(call.config, "go_backwards", false);
  States states = initial_states(call, state_count, units);
  const Bounded zero(Shape{x.shape[0], units});
  Bounded output = zero;
  Bounded sequence(Shape{x.shape[0], steps, units});
  for (std::int64_t i = 0; i < steps; ++i) {
    const std::int64_t t = backwards ? steps - 1 - i : i;
    States next = cell(step_of(x, t), states);
    Bounded now = next[0];
    if (mask != nullptr) {
      keep_masked(now, zeros ? zero : output, *mask, t);
      for (std::size_t s = 0; s < next.size(); ++s) keep_masked(next[s], states[s], *mask, t);
    }
    put_step(sequence, now, i);
    output = std::move(now);
    states = std::move(next);
  }
  return get_flag(call.config, "return_sequences", false) ? sequence : output;
}

InputProduct::InputProduct(const LayerCall& call)
    : kernel_(get_weight(call, "kernel")),
      bias_(get_flag(call.config, "use_bias", true) ? &get_weight(call, "bias") : nullptr),
      p_(precision_of(call)) {}

Bounded InputProduct::operator()(const Bounded& x) const {
  Bounded z = matmul(x, kernel_, p_);
  if (bias_ != nullptr) add_bias(z, *bias_, p_, double(kernel_.shape[0]));
  return z;
}

Bounded plus(const Bounded& a, const Bounded& b, Precision p) {
  require(a.shape == b.shape, "sum of different shapes");
  Bounded y(a.shape);
  for (std::size_t i = 0; i < y.size(); ++i) {
    y.value[i] = a.value[i] + b.value[i];
    const double d = a.bound[i] + b.bound[i];
    y.bound[i] = d + p.u * (std::fabs(y.value[i]) + d);
  }
  return y;
}

Bounded times(const Bounded& a, const Bounded& b, Precision p) {
  require(a.shape == b.shape, "product of different shapes");
  Bounded y(a.shape);
  for (std::size_t i = 0; i < y.size(); ++i) {
    y.value[i] = a.value[i] * b.value[i];
    const double d = a.bound[i] * std::fabs(b.value[i]) + b.bound[i] * std::fabs(a.value[i]) +
                     a.bound[i] * b.bound[i];
    y.bound[i] = d + p.u * (std::fabs(y.value[i]) + d) + p.tiny;
  }
  return y;
}

Bounded one_minus(const Bounded& a, Precision p) {
  Bounded y(a.shape);
  for (std::size_t i = 0; i < y.size(); ++i) {
    y.value[i] = 1 - a.value[i];
    y.bound[i] = a.bound[i] + p.u * (std::fabs(y.value[i]) + a.bound[i]);
  }
  return y;
}

Bounded columns(const Bounded& m, std::int64_t first, std::int64_t count) {
  Shape shape = m.shape;
  const std::size_t last = shape.size() - 1;
  require(first + count <= shape[last], "kernel is too narrow");
  shape[last] = count;
  return gather(m, shape,
                [&](std::size_t axis, std::int64_t i) { return axis == last ? first + i : i; });
}

}  // namespace kerasan::reference
