// GRU, gates in the order z, r, h:  h' = z h + (1 - z) activation(candidate), where the reset
// gate applies before the recurrent product (Cho et al. 2014, v1) or, with reset_after, after
// it (v3, the form of cuDNN; bias [2, 3 units] for input and recurrent side).
#include "reference/layers/recurrent.h"
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"

namespace kerasan::reference {
namespace {

struct Gru {
  Precision p;
  std::string act, gate;
  Bounded kernel, recurrent;
  Bounded input_bias, recurrent_bias;  // zeros when absent
  bool reset_after = false;
  std::int64_t n = 0;

  Bounded recurrent_part(const Bounded& h, std::int64_t first, std::int64_t count) const {
    Bounded y = matmul(h, columns(recurrent, first, count), p);
    if (reset_after) add_bias(y, columns(recurrent_bias, first, count), p, double(n));
    return y;
  }

  States step(const Bounded& x, const Bounded& h) const {
    Bounded in = matmul(x, kernel, p);
    add_bias(in, input_bias, p, double(kernel.shape[0]));
    const Bounded gates = recurrent_part(h, 0, 2 * n);
    const Bounded z = activate(gate, plus(columns(in, 0, n), columns(gates, 0, n), p), p);
    const Bounded r = activate(gate, plus(columns(in, n, n), columns(gates, n, n), p), p);
    const Bounded inner = reset_after ? times(r, recurrent_part(h, 2 * n, n), p)
                                      : recurrent_part(times(r, h, p), 2 * n, n);
    const Bounded candidate = activate(act, plus(columns(in, 2 * n, n), inner, p), p);
    return {plus(times(z, h, p), times(one_minus(z, p), candidate, p), p)};
  }
};

void take_bias(const LayerCall& call, Gru& gru) {
  gru.input_bias = gru.recurrent_bias = Bounded(Shape{3 * gru.n});
  if (!get_flag(call.config, "use_bias", true)) return;
  const Bounded& bias = get_weight(call, "bias");
  if (!gru.reset_after) {
    gru.input_bias = bias;
    return;
  }
  require(bias.shape == Shape({2, 3 * gru.n}), "bias of unexpected shape");
  const auto half = std::ptrdiff_t(3 * gru.n);
  gru.input_bias.value.assign(bias.value.begin(), bias.value.begin() + half);
  gru.input_bias.bound.assign(bias.bound.begin(), bias.bound.begin() + half);
  gru.recurrent_bias.value.assign(bias.value.begin() + half, bias.value.end());
  gru.recurrent_bias.bound.assign(bias.bound.begin() + half, bias.bound.end());
}

Bounded gru(const LayerCall& call) {
  Gru g;
  g.p = precision_of(call);
  g.act = activation_name(call.config, "activation", "tanh");
  g.gate = activation_name(call.config, "recurrent_activation", "sigmoid");
  g.kernel = get_weight(call, "kernel");
  g.recurrent = get_weight(call, "recurrent_kernel");
  require(g.recurrent.shape.size() == 2 && g.recurrent.shape[1] == 3 * g.recurrent.shape[0],
          "kernel of unexpected shape");
  g.n = g.recurrent.shape[0];
  // The default differs between generations, so the config must say it.
  require(call.config.contains("reset_after"), "reset_after is not in the config");
  g.reset_after = get_flag(call.config, "reset_after", false);
  take_bias(call, g);
  return recur(call, 1, g.n, [&](const Bounded& x, const States& h) { return g.step(x, h[0]); });
}

const LayerRegistrar registrar{"GRU", &checked<gru>};

}  // namespace
}  // namespace kerasan::reference
