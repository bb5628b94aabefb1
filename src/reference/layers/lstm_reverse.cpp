// Derivatives of LSTM and SimpleRNN; formulas and gate order as in lstm.cpp and simple_rnn.cpp.
#include "reference/layers/recurrent_reverse.h"
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/matmul.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

struct Lstm {
  Bounded recurrent;
  std::string act, gate;
  Precision p;
  std::int64_t n;

  struct Gates {
    Bounded zi, zf, zg, zo, i, f, g, o, c, a;  // a = act(c)
  };
  Gates at(const Bounded& input, const CellStates& s) const {
    const Bounded z = added(input, matmul(s[0], recurrent, p), p);
    Gates y{part(z, 0, n), part(z, n, n), part(z, 2 * n, n), part(z, 3 * n, n), {}, {}, {}, {}, {},
            {}};
    y.i = activate(gate, y.zi, p), y.f = activate(gate, y.zf, p);
    y.g = activate(act, y.zg, p), y.o = activate(gate, y.zo, p);
    y.c = added(product(y.f, s[1], p), product(y.i, y.g, p), p);
    y.a = activate(act, y.c, p);
    return y;
  }
  CellStates step(const Bounded& input, const CellStates& s) const {
    Gates y = at(input, s);
    return {product(y.o, y.a, p), std::move(y.c)};
  }
  StepGradient reverse(const Bounded& input, const CellStates& s, const CellStates& seeds) const {
    const Gates y = at(input, s);
    const Bounded c =
        added(seeds[1], activate_reverse(act, y.c, product(seeds[0], y.o, p), p), p);
    const Bounded z = beside({activate_reverse(gate, y.zi, product(c, y.g, p), p),
                              activate_reverse(gate, y.zf, product(c, s[1], p), p),
                              activate_reverse(act, y.zg, product(c, y.i, p), p),
                              activate_reverse(gate, y.zo, product(seeds[0], y.a, p), p)});
    StepGradient out{z, {matmul_by_input(z, recurrent, p), product(c, y.f, p)}, {}};
    out.weights["recurrent_kernel"] = matmul_by_weight(s[0], z, p);
    return out;
  }
};

struct Simple {
  Bounded recurrent;
  std::string act;
  Precision p;

  Bounded sum(const Bounded& input, const CellStates& s) const {
    return added(input, matmul(s[0], recurrent, p), p);
  }
  StepGradient reverse(const Bounded& input, const CellStates& s, const CellStates& seeds) const {
    const Bounded z = activate_reverse(act, sum(input, s), seeds[0], p);
    StepGradient out{z, {matmul_by_input(z, recurrent, p)}, {}};
    out.weights["recurrent_kernel"] = matmul_by_weight(s[0], z, p);
    return out;
  }
};

void take_input(const LayerCall& call, ReverseCell& cell) {
  cell.kernel = get_weight(call, "kernel");
  if (!get_flag(call.config, "use_bias", true)) return;
  cell.bias = get_weight(call, "bias");
  cell.by_bias = [](const Bounded& by_bias) { return by_bias; };
}

ReverseCell lstm(const LayerCall& call) {
  const Bounded& recurrent = get_weight(call, "recurrent_kernel");
  require(recurrent.shape.size() == 2 && recurrent.shape[1] == 4 * recurrent.shape[0],
          "kernel of unexpected shape");
  const Lstm lstm{recurrent, activation_name(call.config, "activation", "tanh"),
                  activation_name(call.config, "recurrent_activation", "sigmoid"),
                  precision_of(call), recurrent.shape[0]};
  ReverseCell cell;
  cell.states = 2;
  cell.units = lstm.n;
  take_input(call, cell);
  cell.step = [lstm](const Bounded& x, const CellStates& s) { return lstm.step(x, s); };
  cell.reverse = [lstm](const Bounded& x, const CellStates& s, const CellStates& seeds) {
    return lstm.reverse(x, s, seeds);
  };
  return cell;
}

ReverseCell simple(const LayerCall& call) {
  const Simple simple{get_weight(call, "recurrent_kernel"),
                      activation_name(call.config, "activation", "tanh"), precision_of(call)};
  require(simple.recurrent.shape.size() == 2, "kernel of unexpected shape");
  ReverseCell cell;
  cell.units = simple.recurrent.shape[1];
  take_input(call, cell);
  cell.step = [simple](const Bounded& x, const CellStates& s) {
    return CellStates{activate(simple.act, simple.sum(x, s), simple.p)};
  };
  cell.reverse = [simple](const Bounded& x, const CellStates& s, const CellStates& seeds) {
    return simple.reverse(x, s, seeds);
  };
  return cell;
}

LayerGradient lstm_reverse(const LayerCall& call, const std::vector<Bounded>& seeds) {
  return recurrent_reverse(call, seeds, &lstm);
}
LayerGradient simple_reverse(const LayerCall& call, const std::vector<Bounded>& seeds) {
  return recurrent_reverse(call, seeds, &simple);
}

const LayerGradientRegistrar reverse[] = {{"LSTM", &reversed_many<lstm_reverse>},
                                          {"SimpleRNN", &reversed_many<simple_reverse>}};

}  // namespace
}  // namespace kerasan::reference
