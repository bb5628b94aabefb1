// Derivatives of GRU; formulas and gate order as in gru.h.
#include "reference/layers/gru.h"
#include "reference/layers/recurrent_reverse.h"
#include "reference/ops/config.h"
#include "reference/ops/elementwise.h"
#include "reference/ops/matmul.h"

namespace kerasan::reference {
namespace {

// Of a bias [2, n], that by one half.
Bounded half(const Bounded& x, std::size_t which) {
  Bounded out(Shape{2, std::int64_t(x.size())});
  for (std::size_t i = 0; i < x.size(); ++i) {
    out.value[which * x.size() + i] = x.value[i];
    out.bound[which * x.size() + i] = x.bound[i];
  }
  return out;
}

StepGradient reverse(const Gru& cell, const Gru::Gates& y, const CellStates& s,
                     const CellStates& seeds) {
  const Precision p = cell.p;
  const Bounded &h = s[0], &q = y.q.y;
  const Normed& seed = seeds[0];
  const Normed zh = through(y.q, cell.act, y.zh, one_minus(y.z.y, p), seed, p);
  const Normed zz = through(y.z, cell.gate, y.zz, plus(h, negated(q), p), seed, p);
  Normed before = times(seed, y.z.y, p), zr;
  if (cell.reset_after) {
    zr = through(y.r, cell.gate, y.zr, y.side, zh, p);
  } else {
    const Normed by_kept = matmul_by_input(zh, cell.candidate, p);
    zr = through(y.r, cell.gate, y.zr, h, by_kept, p);
    before = plus(before, times(by_kept, y.r.y, p), p);
  }
  std::vector<Normed> sides{zz, zr};
  if (cell.reset_after) sides.push_back(times(zh, y.r.y, p));
  const Normed side = beside(sides);
  StepGradient out{
      beside({zz, zr, zh}), {plus(before, matmul_by_input(side, cell.recurrent, p), p)}, {}};
  Bounded by_kernel = matmul_by_weight(h, side, p);
  if (!cell.reset_after) by_kernel = beside({by_kernel, matmul_by_weight(y.kept, zh, p)});
  out.weights["recurrent_kernel"] = std::move(by_kernel);
  if (cell.recurrent_bias.size() > 0) out.weights["bias"] = half(sum_rows(side, p), 1);
  return out;
}

ReverseCell gru(const LayerCall& call) {
  const Gru gru(call);
  ReverseCell cell;
  cell.units = gru.n;
  cell.kernel = get_weight(call, "kernel");
  cell.bias = gru.input_bias;
  if (gru.recurrent_bias.size() > 0)
    cell.by_bias = [](const Bounded& by_bias) { return half(by_bias, 0); };
  else if (gru.input_bias.size() > 0)
    cell.by_bias = [](const Bounded& by_bias) { return by_bias; };
  cell.step = [gru](const Bounded& x, const CellStates& s) {
    return CellStates{gru.at(x, s[0]).h};
  };
  cell.reverse = [gru](const Bounded& x, const CellStates& s, const CellStates& seeds) {
    return reverse(gru, gru.at(x, s[0]), s, seeds);
  };
  cell.keep = [gru](const Bounded& x, const CellStates& s) {
    const auto y = std::make_shared<const Gru::Gates>(gru.at(x, s[0]));
    return KeptStep{{y->h}, y};
  };
  cell.reverse_kept = [gru](const void* work, const CellStates& s, const CellStates& seeds) {
    return reverse(gru, *static_cast<const Gru::Gates*>(work), s, seeds);
  };
  return cell;
}

const ReverseCellRegistrar cells[] = {{"GRUCell", &gru}, {"GRU", &gru}};

}  // namespace
}  // namespace kerasan::reference
