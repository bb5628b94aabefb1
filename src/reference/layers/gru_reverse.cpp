// Derivatives of GRU; formulas and gate order as in gru.cpp.
#include "reference/layers/recurrent_reverse.h"
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

struct Gru {
  Bounded recurrent;  // all gates, or z and r without reset_after
  Bounded candidate;  // without reset_after: the kernel of h
  Bounded bias;       // of the recurrent side, or empty
  std::string act, gate;
  Precision p;
  std::int64_t n;
  bool reset_after;

  struct Gates {
    Bounded zz, zr, zh, z, r, h, side, kept;  // kept: r h, without reset_after
  };
  Gates at(const Bounded& input, const Bounded& before) const {
    Gates y;
    y.side = matmul(before, recurrent, p);
    if (bias.size() > 0) add_bias(y.side, bias, p, double(n));
    y.zz = added(part(input, 0, n), part(y.side, 0, n), p);
    y.zr = added(part(input, n, n), part(y.side, n, n), p);
    y.z = activate(gate, y.zz, p), y.r = activate(gate, y.zr, p);
    if (!reset_after) y.kept = product(y.r, before, p);
    const Bounded inner =
        reset_after ? product(y.r, part(y.side, 2 * n, n), p) : matmul(y.kept, candidate, p);
    y.zh = added(part(input, 2 * n, n), inner, p);
    y.h = activate(act, y.zh, p);
    return y;
  }
  CellStates step(const Bounded& input, const CellStates& s) const {
    const Gates y = at(input, s[0]);
    return {added(product(y.z, s[0], p), product(rest_of(y.z, p), y.h, p), p)};
  }
  StepGradient reverse(const Bounded& input, const CellStates& s, const CellStates& seeds) const {
    const Gates y = at(input, s[0]);
    const Bounded& seed = seeds[0];
    const Bounded by_z = added(product(seed, s[0], p), negated(product(seed, y.h, p)), p);
    const Bounded zh = activate_reverse(act, y.zh, product(seed, rest_of(y.z, p), p), p);
    std::vector<Bounded> before{product(seed, y.z, p)};
    std::map<std::string, Bounded> weights;
    Bounded by_r;
    if (reset_after) {
      by_r = product(zh, part(y.side, 2 * n, n), p);
    } else {
      const Bounded by_kept = matmul_by_input(zh, candidate, p);
      by_r = product(by_kept, s[0], p);
      before.push_back(product(by_kept, y.r, p));
    }
    const Bounded zz = activate_reverse(gate, y.zz, by_z, p),
                  zr = activate_reverse(gate, y.zr, by_r, p);
    std::vector<Bounded> sides{zz, zr};
    if (reset_after) sides.push_back(product(zh, y.r, p));
    const Bounded side = beside(sides);
    before.push_back(matmul_by_input(side, recurrent, p));
    Bounded by_kernel = matmul_by_weight(s[0], side, p);
    if (!reset_after) by_kernel = beside({by_kernel, matmul_by_weight(y.kept, zh, p)});
    weights["recurrent_kernel"] = std::move(by_kernel);
    if (bias.size() > 0) weights["bias"] = second_half(sum_rows(side, p));
    return {beside({zz, zr, zh}), {sum_of(before, p)}, std::move(weights)};
  }
  static Bounded first_half(const Bounded& x) { return half(x, 0); }
  static Bounded second_half(const Bounded& x) { return half(x, 1); }
  static Bounded half(const Bounded& x, std::size_t which) {
    Bounded out(Shape{2, std::int64_t(x.size())});
    for (std::size_t i = 0; i < x.size(); ++i) {
      out.value[which * x.size() + i] = x.value[i];
      out.bound[which * x.size() + i] = x.bound[i];
    }
    return out;
  }
};

ReverseCell gru(const LayerCall& call) {
  const Bounded& recurrent = get_weight(call, "recurrent_kernel");
  require(recurrent.shape.size() == 2 && recurrent.shape[1] == 3 * recurrent.shape[0],
          "kernel of unexpected shape");
  require(call.config.contains("reset_after"), "reset_after is not in the config");
  Gru gru{recurrent,
          {},
          {},
          activation_name(call.config, "activation", "tanh"),
          activation_name(call.config, "recurrent_activation", "sigmoid"),
          precision_of(call),
          recurrent.shape[0],
          get_flag(call.config, "reset_after", false)};
  if (!gru.reset_after) {
    gru.candidate = part(recurrent, 2 * gru.n, gru.n);
    gru.recurrent = part(recurrent, 0, 2 * gru.n);
  }
  ReverseCell cell;
  cell.units = gru.n;
  cell.kernel = get_weight(call, "kernel");
  if (get_flag(call.config, "use_bias", true)) {
    const Bounded& bias = get_weight(call, "bias");
    const std::int64_t width = 3 * gru.n;
    if (gru.reset_after) {
      require(bias.shape == Shape({2, width}), "bias of unexpected shape");
      const Bounded flat = reshape(bias, {1, 2 * width});
      cell.bias = reshape(part(flat, 0, width), {width});
      gru.bias = reshape(part(flat, width, width), {width});
      cell.by_bias = &Gru::first_half;
    } else {
      cell.bias = bias;
      cell.by_bias = [](const Bounded& by_bias) { return by_bias; };
    }
  }
  cell.step = [gru](const Bounded& x, const CellStates& s) { return gru.step(x, s); };
  cell.reverse = [gru](const Bounded& x, const CellStates& s, const CellStates& seeds) {
    return gru.reverse(x, s, seeds);
  };
  return cell;
}

LayerGradient gru_reverse(const LayerCall& call, const std::vector<Bounded>& seeds) {
  return recurrent_reverse(call, seeds, &gru);
}

const LayerGradientRegistrar reverse{"GRU", &reversed_many<gru_reverse>};

}  // namespace
}  // namespace kerasan::reference
