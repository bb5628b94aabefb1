// LSTM (Hochreiter and Schmidhuber 1997, with forget gates), gates in the order i, f, c, o:
//   c' = f c + i activation(z_c),  h' = o activation(c').
#include "reference/layers/recurrent.h"
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/elementwise.h"
#include "reference/ops/matmul.h"

namespace kerasan::reference {
namespace {

RecurrentCell lstm(const LayerCall& call) {
  const Bounded& recurrent = get_weight(call, "recurrent_kernel");
  require(recurrent.shape.size() == 2 && recurrent.shape[1] == 4 * recurrent.shape[0],
          "kernel of unexpected shape");
  const std::int64_t n = recurrent.shape[0];
  const std::string act = activation_name(call.config, "activation", "tanh");
  const std::string gate = activation_name(call.config, "recurrent_activation", "sigmoid");
  const Precision p = precision_of(call);
  RecurrentCell cell;
  cell.states = {{n}, {n}};
  cell.project = [&call](const Bounded& x) { return input_product(call, x); };
  cell.step = [&recurrent, act, gate, p, n](const Bounded& input, const States& s) {
    const Bounded z = plus(input, matmul(s[0], recurrent, p), p);
    const Bounded i = activate(gate, columns(z, 0, n), p);
    const Bounded f = activate(gate, columns(z, n, n), p);
    const Bounded g = activate(act, columns(z, 2 * n, n), p);
    const Bounded o = activate(gate, columns(z, 3 * n, n), p);
    Bounded c = plus(times(f, s[1], p), times(i, g, p), p);
    Bounded h = times(o, activate(act, c, p), p);
    return States{std::move(h), std::move(c)};
  };
  return cell;
}

const CellRegistrar registrar{"LSTM", "LSTMCell", &lstm};

}  // namespace
}  // namespace kerasan::reference
