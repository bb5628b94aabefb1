// Derivatives of LSTM and SimpleRNN; formulas and gate order as in lstm.h and simple_rnn.cpp.
#include "reference/layers/lstm.h"
#include "reference/layers/recurrent_reverse.h"
#include "reference/layers/simple_rnn.h"
#include "reference/ops/config.h"
#include "reference/ops/matmul.h"

namespace kerasan::reference {
namespace {

StepGradient reverse(const Lstm& cell, const Lstm::Gates& y, const CellStates& s,
                     const CellStates& seeds) {
  const Precision p = cell.p;
  const Normed c = plus(seeds[1], through(y.a, cell.act, y.c, y.o.y, seeds[0], p), p);
  const Normed z =
      beside({through(y.i, cell.gate, y.zi, y.g.y, c, p), through(y.f, cell.gate, y.zf, s[1], c, p),
              through(y.g, cell.act, y.zg, y.i.y, c, p),
              through(y.o, cell.gate, y.zo, y.a.y, seeds[0], p)});
  return {z, {matmul_by_input(z, cell.recurrent, p), times(c, y.f.y, p)}, {}};
}

StepGradient reverse(const SimpleRnn& cell, const Bounded& input, const CellStates& s,
                     const CellStates& seeds) {
  const SimpleRnn::Gates y = cell.at(input, s[0]);
  const Normed z = through(y.h, cell.act, y.z, seeds[0], cell.p);
  StepGradient out{z, {matmul_by_input(z, cell.recurrent, cell.p)}, {}};
  out.weights["recurrent_kernel"] = matmul_by_weight(s[0], z, cell.p);
  return out;
}

void take_input(const LayerCall& call, ReverseCell& cell) {
  cell.kernel = get_weight(call, "kernel");
  if (!get_flag(call.config, "use_bias", true)) return;
  cell.bias = get_weight(call, "bias");
  cell.by_bias = [](const Bounded& by_bias) { return by_bias; };
}

ReverseCell lstm(const LayerCall& call) {
  const Lstm lstm(call);
  ReverseCell cell;
  cell.states = 2;
  cell.units = lstm.n;
  take_input(call, cell);
  cell.step = [lstm](const Bounded& x, const CellStates& s) {
    Lstm::Gates y = lstm.at(x, s[0], s[1]);
    return CellStates{std::move(y.h), std::move(y.c)};
  };
  cell.reverse = [lstm](const Bounded& x, const CellStates& s, const CellStates& seeds) {
    StepGradient out = reverse(lstm, lstm.at(x, s[0], s[1]), s, seeds);
    out.weights["recurrent_kernel"] = matmul_by_weight(s[0], out.input, lstm.p);
    return out;
  };
  cell.keep = [lstm](const Bounded& x, const CellStates& s) {
    const auto y = std::make_shared<const Lstm::Gates>(lstm.at(x, s[0], s[1]));
    return KeptStep{{y->h, y->c}, y};
  };
  cell.reverse_kept = [lstm](const void* work, const CellStates& s, const CellStates& seeds) {
    return reverse(lstm, *static_cast<const Lstm::Gates*>(work), s, seeds);
  };
  cell.leaves_recurrent = true;
  return cell;
}

ReverseCell simple(const LayerCall& call) {
  const SimpleRnn simple(call);
  ReverseCell cell;
  cell.units = simple.recurrent.matrix.shape[1];
  take_input(call, cell);
  cell.step = [simple](const Bounded& x, const CellStates& s) {
    return CellStates{simple.at(x, s[0]).output};
  };
  cell.reverse = [simple](const Bounded& x, const CellStates& s, const CellStates& seeds) {
    return reverse(simple, x, s, seeds);
  };
  return cell;
}

const ReverseCellRegistrar cells[] = {
    {"LSTMCell", &lstm}, {"LSTM", &lstm}, {"SimpleRNNCell", &simple}, {"SimpleRNN", &simple}};

}  // namespace
}  // namespace kerasan::reference
