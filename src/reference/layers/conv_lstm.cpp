#include "reference/layers/conv_lstm.h"

#include <memory>

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/elementwise.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

// Windows of stride 1 over every output position of the input's convolution.
Windows recurrent_windows(const Windows& input, const Shape& kernel) {
  Windows w;
  w.planes = make_window(input.planes.outputs, kernel[0], 1, 1, "same");
  w.rows = make_window(input.rows.outputs, kernel[1], 1, 1, "same");
  w.columns = make_window(input.columns.outputs, kernel[2], 1, 1, "same");
  return w;
}

std::size_t spatial_axes(const LayerCall& call) {
  const std::size_t rank = get_weight(call, "kernel").shape.size();
  require(rank >= 3 && rank <= 5, "kernel of unexpected rank");
  return rank - 2;
}

}  // namespace

ConvLstm::ConvLstm(const LayerCall& call)
    : spatial(spatial_axes(call)),
      p(convolution_of(call)),
      act(activation_name(call.config, "activation", "tanh")),
      gate(activation_name(call.config, "recurrent_activation", "hard_sigmoid")),
      first(channels_first(call.config)) {
  const Bounded& own = get_weight(call, "kernel");
  kernel = kernel_to_volume(own, spatial);
  recurrent = kernel_to_volume(get_weight(call, "recurrent_kernel"), spatial);
  if (get_flag(call.config, "use_bias", true)) bias = get_weight(call, "bias");
  require(own.shape.back() % 4 == 0, "kernel of unexpected shape");
  filters = own.shape.back() / 4;
  const Bounded x = volume(call.inputs[0]);
  const Ints size(own.shape.begin(), own.shape.begin() + std::ptrdiff_t(spatial));
  input = make_windows(call, x.shape, spatial, size);
  inner = recurrent_windows(input, recurrent.shape);
  state = back(Bounded(Shape{1, input.planes.outputs, input.rows.outputs, input.columns.outputs,
                             filters}))
              .shape;
  state.erase(state.begin());
}

Bounded ConvLstm::project(const Bounded& x) const {
  Bounded z = convolve_volume(volume(x), kernel, input, 1, p);
  if (bias.size() > 0) add_bias(z, bias, p, double(kernel.size()) / double(4 * filters));
  return z;
}

ConvLstm::Gates ConvLstm::at(const Bounded& in, const States& s) const {
  const std::int64_t n = filters;
  const Bounded z = plus(in, convolve_volume(volume(s[0]), recurrent, inner, 1, p), p);
  Gates y;
  y.zi = columns(z, 0, n), y.zf = columns(z, n, n);
  y.zg = columns(z, 2 * n, n), y.zo = columns(z, 3 * n, n);
  y.i = activate(gate, y.zi, p), y.f = activate(gate, y.zf, p);
  y.g = activate(act, y.zg, p), y.o = activate(gate, y.zo, p);
  y.before = volume(s[1]);
  y.c = plus(times(y.f, y.before, p), times(y.i, y.g, p), p);
  y.a = activate(act, y.c, p);
  y.h = times(y.o, y.a, p);
  return y;
}

namespace {

RecurrentCell conv_lstm(const LayerCall& call) {
  const auto c = std::make_shared<ConvLstm>(call);
  RecurrentCell cell;
  cell.states = {c->state, c->state};
  cell.project = [c](const Bounded& z) { return c->project(z); };
  cell.step = [c](const Bounded& z, const States& s) {
    ConvLstm::Gates y = c->at(z, s);
    return States{c->back(std::move(y.h)), c->back(std::move(y.c))};
  };
  return cell;
}

const CellRegistrar registrars[] = {
    {"ConvLSTM1D", "ConvLSTM1DCell", &conv_lstm},
    {"ConvLSTM2D", "ConvLSTM2DCell", &conv_lstm},
    {"ConvLSTM3D", "ConvLSTM3DCell", &conv_lstm},
};

}  // namespace
}  // namespace kerasan::reference
