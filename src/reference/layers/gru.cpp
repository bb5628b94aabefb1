#include "reference/layers/gru.h"

#include <cmath>
#include <memory>

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/elementwise.h"
#include "reference/ops/matmul.h"

namespace kerasan::reference {
namespace {

Bounded half_of(const Bounded& bias, int which) {
  const std::int64_t count = bias.shape[1];
  Bounded flat = bias;
  flat.shape = {1, 2 * count};
  Bounded half = columns(flat, which * count, count);
  half.shape = {count};
  return half;
}

// z h + (1 - z) q. Both terms have the same z, so the error is z^ dh + (1 - z)^ dq + (h - q) dz,
// where ^ is what the framework has; q + z (h - q) is the same but for the roundings.
Normed update(const Normed& z, const Normed& h, const Normed& q, Precision p) {
  const Bounded rest = one_minus(z, p);
  Bounded y = plus(times(z.plain(), h.plain(), p), times(rest, q.plain(), p), p);
  if (p.rounding == Rounding::kNone) return y;
  std::vector<double> by_z(y.size()), by_h(y.size()), by_q(y.size()), local(y.size());
  for (std::size_t k = 0; k < y.size(); ++k) {
    const double kept = std::fabs(h.value[k]), taken = std::fabs(q.value[k]);
    by_z[k] = std::fabs(h.value[k] - q.value[k]);
    by_h[k] = std::fabs(z.value[k]) + z.bound[k];
    by_q[k] = std::fabs(rest.value[k]) + rest.bound[k];
    const double carried = by_h[k] * h.bound[k] + by_q[k] * q.bound[k];
    local[k] = y.bound[k] - carried - (kept + taken) * z.bound[k] + 2 * p.u * (kept + taken);
    y.bound[k] = local[k] + carried + by_z[k] * z.bound[k];
  }
  return with_norms(std::move(y), {{z.norm, by_z}, {h.norm, by_h}, {q.norm, by_q}}, local);
}

}  // namespace

Gru::Gru(const LayerCall& call)
    : p(recurrence_of(call)),
      act(activation_name(call.config, "activation", "tanh")),
      gate(activation_name(call.config, "recurrent_activation", "sigmoid")) {
  const Bounded& kernel = get_weight(call, "recurrent_kernel");
  require(kernel.shape.size() == 2 && kernel.shape[1] == 3 * kernel.shape[0],
          "kernel of unexpected shape");
  n = kernel.shape[0];
  // The default differs between generations, so the config must say it.
  require(call.config.contains("reset_after"), "reset_after is not in the config");
  reset_after = get_flag(call.config, "reset_after", false);
  recurrent = Kernel(reset_after ? kernel : columns(kernel, 0, 2 * n), p);
  if (!reset_after) candidate = Kernel(columns(kernel, 2 * n, n), p);
  take_bias(call);
}

void Gru::take_bias(const LayerCall& call) {
  if (!get_flag(call.config, "use_bias", true)) return;
  const Bounded& bias = get_weight(call, "bias");
  if (!reset_after) {
    input_bias = bias;
    return;
  }
  require(bias.shape == Shape({2, 3 * n}), "bias of unexpected shape");
  input_bias = half_of(bias, 0);
  recurrent_bias = half_of(bias, 1);
}

Gru::Gates Gru::at(const Bounded& input, const Normed& h) const {
  const auto of_input = [&](std::int64_t which) { return Normed(columns(input, which * n, n)); };
  Normed side = matmul(h, recurrent, p);
  if (recurrent_bias.size() > 0) side = with_bias(side, recurrent_bias, p, double(n));
  Gates y;
  y.zz = plus(of_input(0), columns(side, 0, n), p);
  y.zr = plus(of_input(1), columns(side, n, n), p);
  y.z = activated(gate, y.zz, p), y.r = activated(gate, y.zr, p);
  const Normed reset = outcome(y.r, y.zr, p);
  Normed inner;
  if (reset_after) {
    y.side = columns(side, 2 * n, n);
    inner = times(reset, y.side, p);
  } else {
    y.kept = times(reset, h, p);
    inner = matmul(y.kept, candidate, p);
  }
  y.zh = plus(of_input(2), inner, p);
  y.q = activated(act, y.zh, p);
  y.h = update(outcome(y.z, y.zz, p), h, outcome(y.q, y.zh, p), p);
  return y;
}

namespace {

RecurrentCell make_gru(const LayerCall& call) {
  const auto gru = std::make_shared<Gru>(call);
  RecurrentCell cell;
  cell.states = {{gru->n}};
  cell.project = [gru, kernel = get_weight(call, "kernel")](const Bounded& x) {
    Bounded in = matmul(x, kernel, gru->p);
    if (gru->input_bias.size() > 0) add_bias(in, gru->input_bias, gru->p, double(kernel.shape[0]));
    return in;
  };
  cell.step = [gru](const Bounded& in, const States& h) { return States{gru->at(in, h[0]).h}; };
  return cell;
}

const CellRegistrar registrar{"GRU", "GRUCell", &make_gru};

}  // namespace
}  // namespace kerasan::reference
