// Derivatives of ConvLSTM1D, 2D and 3D; formulas and gate order as in conv_lstm.h.
#include <algorithm>
#include <memory>

#include "reference/layers/conv_lstm.h"
#include "reference/layers/recurrent_reverse.h"
#include "reference/ops/conv_reverse.h"
#include "reference/ops/elementwise.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

// Parts of one shape, one after the other along the last axis.
Bounded channels_beside(const std::vector<Bounded>& parts) {
  const auto n = std::size_t(parts[0].shape.back());
  Shape shape = parts[0].shape;
  shape.back() *= std::int64_t(parts.size());
  Bounded out(shape);
  const std::size_t width = n * parts.size();
  for (std::size_t k = 0; k < parts.size(); ++k)
    for (std::size_t i = 0; i < parts[k].size(); ++i) {
      const std::size_t to = i / n * width + k * n + i % n;
      out.value[to] = parts[k].value[i], out.bound[to] = parts[k].bound[i];
    }
  return out;
}

StepGradient reverse(const ConvLstm& cell, const Bounded& input, const CellStates& s,
                     const CellStates& seeds) {
  const Precision p = cell.p;
  const ConvLstm::Gates y = cell.at(input, s);
  const Bounded by_h = cell.volume(seeds[0]);
  const Bounded c =
      plus(cell.volume(seeds[1]), activate_reverse(cell.act, y.c, product(by_h, y.o, p), p), p);
  const Bounded z = channels_beside({activate_reverse(cell.gate, y.zi, product(c, y.g, p), p),
                                     activate_reverse(cell.gate, y.zf, product(c, y.before, p), p),
                                     activate_reverse(cell.act, y.zg, product(c, y.i, p), p),
                                     activate_reverse(cell.gate, y.zo, product(by_h, y.a, p), p)});
  const Bounded h = cell.volume(s[0]);
  ConvGradient by = convolve_volume_reverse(h, cell.recurrent, z, cell.inner, 1, p);
  StepGradient out{z, {cell.back(std::move(by.input)), cell.back(product(c, y.f, p))}, {}};
  out.weights["recurrent_kernel"] = std::move(by.kernel);
  return out;
}

ReverseCell conv_lstm(const LayerCall& call) {
  const auto c = std::make_shared<ConvLstm>(call);
  ReverseCell cell;
  cell.shapes = {c->state, c->state};
  cell.project = [c](const Bounded& rows) { return c->project(rows); };
  cell.unproject = [c](const Bounded& rows, const Bounded& by, const WeightSink& sink) {
    const Bounded x = c->volume(rows);
    ConvGradient back = convolve_volume_reverse(x, c->kernel, by, c->input, 1, c->p);
    sink("kernel", back.kernel);
    if (c->bias.size() > 0) sink("bias", sum_rows(by, c->p));
    return c->back(std::move(back.input));
  };
  cell.step = [c](const Bounded& z, const CellStates& s) {
    ConvLstm::Gates y = c->at(z, s);
    return CellStates{c->back(std::move(y.h)), c->back(std::move(y.c))};
  };
  cell.reverse = [c](const Bounded& z, const CellStates& s, const CellStates& seeds) {
    return reverse(*c, z, s, seeds);
  };
  return cell;
}

const ReverseCellRegistrar cells[] = {
    {"ConvLSTM1D", &conv_lstm},     {"ConvLSTM1DCell", &conv_lstm}, {"ConvLSTM2D", &conv_lstm},
    {"ConvLSTM2DCell", &conv_lstm}, {"ConvLSTM3D", &conv_lstm},     {"ConvLSTM3DCell", &conv_lstm},
};
}  // namespace
}  // namespace kerasan::reference
