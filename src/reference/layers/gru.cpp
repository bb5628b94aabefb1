// GRU, gates in the order z, r, h:  h' = z h + (1 - z) activation(candidate), where the reset
// gate applies before the recurrent product (Cho et al. 2014, v1) or, with reset_after, after
// it (v3, the form of cuDNN; bias [2, 3 units] for input and recurrent side).
#include <memory>

#include "reference/layers/recurrent.h"
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/elementwise.h"
#include "reference/ops/matmul.h"

namespace kerasan::reference {
namespace {

struct Gru {
  Precision p;
  std::string act, gate;
  Bounded kernel, recurrent;               // recurrent: all three gates, or z and r
  Bounded candidate;                       // without reset_after: the recurrent kernel of h
  Bounded input_bias, recurrent_bias;      // zeros when absent
  bool reset_after = false;
  std::int64_t n = 0;

  Bounded project(const Bounded& x) const {
    Bounded in = matmul(x, kernel, p);
    add_bias(in, input_bias, p, double(kernel.shape[0]));
    return in;
  }

  Bounded recurrent_part(const Bounded& h) const {
    Bounded y = matmul(h, recurrent, p);
    if (reset_after) add_bias(y, recurrent_bias, p, double(n));
    return y;
  }

  States step(const Bounded& in, const Bounded& h) const {
    const Bounded side = recurrent_part(h);
    const Bounded z = activate(gate, plus(columns(in, 0, n), columns(side, 0, n), p), p);
    const Bounded r = activate(gate, plus(columns(in, n, n), columns(side, n, n), p), p);
    const Bounded inner = reset_after ? times(r, columns(side, 2 * n, n), p)
                                      : matmul(times(r, h, p), candidate, p);
    const Bounded next = activate(act, plus(columns(in, 2 * n, n), inner, p), p);
    return {plus(times(z, h, p), times(one_minus(z, p), next, p), p)};
  }
};

Bounded half_of(const Bounded& bias, int which) {
  const std::int64_t count = bias.shape[1];
  return columns([&] {
    Bounded flat = bias;
    flat.shape = {1, 2 * count};
    return flat;
  }(), which * count, count);
}

void take_bias(const LayerCall& call, Gru& gru) {
  gru.input_bias = gru.recurrent_bias = Bounded(Shape{3 * gru.n});
  if (!get_flag(call.config, "use_bias", true)) return;
  const Bounded& bias = get_weight(call, "bias");
  if (!gru.reset_after) {
    gru.input_bias = bias;
    return;
  }
  require(bias.shape == Shape({2, 3 * gru.n}), "bias of unexpected shape");
  gru.input_bias = half_of(bias, 0);
  gru.recurrent_bias = half_of(bias, 1);
  gru.input_bias.shape = gru.recurrent_bias.shape = {3 * gru.n};
}

RecurrentCell gru(const LayerCall& call) {
  const auto g = std::make_shared<Gru>();
  g->p = precision_of(call);
  g->act = activation_name(call.config, "activation", "tanh");
  g->gate = activation_name(call.config, "recurrent_activation", "sigmoid");
  g->kernel = get_weight(call, "kernel");
  g->recurrent = get_weight(call, "recurrent_kernel");
  require(g->recurrent.shape.size() == 2 && g->recurrent.shape[1] == 3 * g->recurrent.shape[0],
          "kernel of unexpected shape");
  g->n = g->recurrent.shape[0];
  // The default differs between generations, so the config must say it.
  require(call.config.contains("reset_after"), "reset_after is not in the config");
  g->reset_after = get_flag(call.config, "reset_after", false);
  if (!g->reset_after) {
    g->candidate = columns(g->recurrent, 2 * g->n, g->n);
    g->recurrent = columns(g->recurrent, 0, 2 * g->n);
  }
  take_bias(call, *g);
  RecurrentCell cell;
  cell.states = {{g->n}};
  cell.project = [g](const Bounded& x) { return g->project(x); };
  cell.step = [g](const Bounded& in, const States& h) { return g->step(in, h[0]); };
  return cell;
}

const CellRegistrar registrar{"GRU", "GRUCell", &gru};

}  // namespace
}  // namespace kerasan::reference
