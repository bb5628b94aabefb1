#include "reference/layers/lstm.h"

#include <cmath>
#include <memory>

#include "base/vectorised.h"
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/elementwise.h"

namespace kerasan::reference {
namespace {

// How the errors of the state before and of the gates' arguments reach each element.
struct Flow {
  std::vector<double> state, gates, local;
  explicit Flow(std::size_t size) : state(size), gates(size), local(size) {}
};

// The magnitude that a value within its bound may have.
double most(const Bounded& x, std::size_t k) { return std::fabs(x.value[k]) + x.bound[k]; }

// c' = f c + i g: its error is f^ dc + c df + g di + i^ dg, where ^ is what the framework has, and
// d(gate) is a slope times the error of the gate's argument.
KERASAN_VECTORISED
Flow flow_of_carry(const Lstm::Gates& y, const Bounded& before, const Bounded& c) {
  Flow flow(c.size());
  for (std::size_t k = 0; k < c.size(); ++k) {
    const double kept = most(y.f.y, k), let = most(y.i.y, k), held = std::fabs(before.value[k]),
                 new_one = std::fabs(y.g.y.value[k]);
    const double f = held * y.f.slope(k), i = new_one * y.i.slope(k), g = let * y.g.slope(k);
    flow.state[k] = kept;
    flow.gates[k] = std::sqrt(f * f + i * i + g * g);
    const double carried = kept * before.bound[k] + held * y.f.y.bound[k] +
                           new_one * y.i.y.bound[k] + let * y.g.y.bound[k];
    flow.local[k] =
        held * y.f.local[k] + new_one * y.i.local[k] + let * y.g.local[k] + (c.bound[k] - carried);
  }
  return flow;
}

// h' = o a, with a = activation(c') and c' from the state and the gates before.
KERASAN_VECTORISED
Flow flow_of_output(const Lstm::Gates& y, const Flow& c, const Bounded& h) {
  Flow flow(h.size());
  for (std::size_t k = 0; k < h.size(); ++k) {
    const double open = most(y.o.y, k), by_carry = open * y.a.slope(k),
                 size = std::fabs(y.a.y.value[k]);
    flow.state[k] = by_carry * c.state[k];
    const double from_carry = by_carry * c.gates[k], from_gate = size * y.o.slope(k);
    flow.gates[k] = std::sqrt(from_carry * from_carry + from_gate * from_gate);
    const double carried = open * y.a.y.bound[k] + size * y.o.y.bound[k];
    flow.local[k] =
        by_carry * c.local[k] + open * y.a.local[k] + size * y.o.local[k] + (h.bound[k] - carried);
  }
  return flow;
}

}  // namespace

Lstm::Lstm(const LayerCall& call)
    : act(activation_name(call.config, "activation", "tanh")),
      gate(activation_name(call.config, "recurrent_activation", "sigmoid")),
      p(recurrence_of(call)) {
  const Bounded& kernel = get_weight(call, "recurrent_kernel");
  require(kernel.shape.size() == 2 && kernel.shape[1] == 4 * kernel.shape[0],
          "kernel of unexpected shape");
  n = kernel.shape[0];
  recurrent = Kernel(kernel, p);
}

Lstm::Gates Lstm::at(const Bounded& input, const Normed& h, const Normed& c) const {
  const Normed z = plus(Normed(input), matmul(h, recurrent, p), p);
  Gates y;
  y.zi = columns(z, 0, n), y.zf = columns(z, n, n);
  y.zg = columns(z, 2 * n, n), y.zo = columns(z, 3 * n, n);
  y.i = activated(gate, y.zi, p), y.f = activated(gate, y.zf, p);
  y.g = activated(act, y.zg, p), y.o = activated(gate, y.zo, p);
  Bounded carry = plus(times(y.f.y, c.plain(), p), times(y.i.y, y.g.y, p), p);
  if (!carries_errors(p)) {
    y.c = std::move(carry);
    y.a = activated(act, y.c, p);
    y.h = times(y.o.y, y.a.y, p);
    return y;
  }
  const Flow to_carry = flow_of_carry(y, c, carry);
  y.c = with_norms(std::move(carry), {{c.norm, to_carry.state}, {z.norm, to_carry.gates}},
                   to_carry.local);
  y.a = activated(act, y.c, p);
  Bounded output = times(y.o.y, y.a.y, p);
  const Flow to_output = flow_of_output(y, to_carry, output);
  y.h = with_norms(std::move(output), {{c.norm, to_output.state}, {z.norm, to_output.gates}},
                   to_output.local);
  return y;
}

namespace {

RecurrentCell make_lstm(const LayerCall& call) {
  const auto lstm = std::make_shared<Lstm>(call);
  RecurrentCell cell;
  cell.states = {{lstm->n}, {lstm->n}};
  cell.project = [&call](const Bounded& x) { return input_product(call, x); };
  cell.step = [lstm](const Bounded& input, const States& s) {
    Lstm::Gates y = lstm->at(input, s[0], s[1]);
    return States{std::move(y.h), std::move(y.c)};
  };
  return cell;
}

const CellRegistrar registrar{"LSTM", "LSTMCell", &make_lstm};

}  // namespace
}  // namespace kerasan::reference
