// LSTM (Hochreiter and Schmidhuber 1997, with forget gates), gates in the order i, f, c, o:
//   c' = f c + i activation(z_c),  h' = o activation(c').
#include "reference/layers/recurrent.h"
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"

namespace kerasan::reference {
namespace {

Bounded lstm(const LayerCall& call) {
  const Precision p = precision_of(call);
  const InputProduct input(call);
  const Bounded& recurrent = get_weight(call, "recurrent_kernel");
  const std::string act = activation_name(call.config, "activation", "tanh");
  const std::string gate = activation_name(call.config, "recurrent_activation", "sigmoid");
  require(recurrent.shape.size() == 2 && recurrent.shape[1] == 4 * recurrent.shape[0],
          "kernel of unexpected shape");
  const std::int64_t n = recurrent.shape[0];
  return recur(call, 2, n, [&](const Bounded& x, const States& s) {
    const Bounded z = plus(input(x), matmul(s[0], recurrent, p), p);
    const Bounded i = activate(gate, columns(z, 0, n), p);
    const Bounded f = activate(gate, columns(z, n, n), p);
    const Bounded g = activate(act, columns(z, 2 * n, n), p);
    const Bounded o = activate(gate, columns(z, 3 * n, n), p);
    Bounded c = plus(times(f, s[1], p), times(i, g, p), p);
    Bounded h = times(o, activate(act, c, p), p);
    return States{std::move(h), std::move(c)};
  });
}

const LayerRegistrar registrar{"LSTM", &checked<lstm>};

}  // namespace
}  // namespace kerasan::reference
