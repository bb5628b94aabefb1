// ConvLSTM1D, 2D and 3D (Shi et al. 2015, without peepholes): the LSTM with convolutions in the
// place of products. The recurrent one has padding "same" and stride 1; gates in the order i, f,
// c, o.
#include <memory>

#include "reference/layers/recurrent.h"
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/conv.h"
#include "reference/ops/elementwise.h"
#include "reference/ops/matmul.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

struct ConvLstm {
  const LayerCall* call;
  std::size_t spatial;
  Precision p;
  std::string act, gate;
  Bounded kernel, recurrent;  // with three spatial axes
  Windows input, inner;
  std::int64_t filters = 0;
  bool first = false;  // channels_first

  // [n, d, h, w, c] of the layer's own format, and back.
  Bounded volume(const Bounded& x) const { return to_volume(x, spatial, first); }
  Bounded back(Bounded y) const { return from_volume(std::move(y), spatial, first); }
  Bounded convolved(const Bounded& x, const Bounded& by, const Windows& w) const {
    return convolve_volume(volume(x), by, w, 1, p);
  }

  Bounded project(const Bounded& x) const {
    Bounded z = convolved(x, kernel, input);
    const double terms = double(kernel.size()) / double(4 * filters);
    if (get_flag(call->config, "use_bias", true)) add_bias(z, get_weight(*call, "bias"), p, terms);
    return z;
  }

  States step(const Bounded& in, const States& s) const {
    const std::int64_t n = filters;
    const Bounded z = plus(in, convolved(s[0], recurrent, inner), p);
    const Bounded i = activate(gate, columns(z, 0, n), p);
    const Bounded f = activate(gate, columns(z, n, n), p);
    const Bounded g = activate(act, columns(z, 2 * n, n), p);
    const Bounded o = activate(gate, columns(z, 3 * n, n), p);
    const Bounded c = plus(times(f, volume(s[1]), p), times(i, g, p), p);
    return {back(times(o, activate(act, c, p), p)), back(c)};
  }
};

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

RecurrentCell conv_lstm(const LayerCall& call) {
  const auto c = std::make_shared<ConvLstm>();
  c->call = &call;
  c->spatial = spatial_axes(call);
  c->p = precision_of(call);
  c->first = channels_first(call.config);
  c->act = activation_name(call.config, "activation", "tanh");
  c->gate = activation_name(call.config, "recurrent_activation", "hard_sigmoid");
  const Bounded& kernel = get_weight(call, "kernel");
  c->kernel = kernel_to_volume(kernel, c->spatial);
  c->recurrent = kernel_to_volume(get_weight(call, "recurrent_kernel"), c->spatial);
  require(kernel.shape.back() % 4 == 0, "kernel of unexpected shape");
  c->filters = kernel.shape.back() / 4;
  const Bounded x = c->volume(call.inputs[0]);
  const Ints size(kernel.shape.begin(), kernel.shape.begin() + std::ptrdiff_t(c->spatial));
  c->input = make_windows(call, x.shape, c->spatial, size);
  c->inner = recurrent_windows(c->input, c->recurrent.shape);
  const Shape one{1, c->input.planes.outputs, c->input.rows.outputs, c->input.columns.outputs,
                  c->filters};
  Shape state = c->back(Bounded(one)).shape;
  state.erase(state.begin());
  RecurrentCell cell;
  cell.states = {state, state};
  cell.project = [c](const Bounded& z) { return c->project(z); };
  cell.step = [c](const Bounded& z, const States& s) { return c->step(z, s); };
  return cell;
}

const CellRegistrar registrars[] = {
    {"ConvLSTM1D", "ConvLSTM1DCell", &conv_lstm},
    {"ConvLSTM2D", "ConvLSTM2DCell", &conv_lstm},
    {"ConvLSTM3D", "ConvLSTM3DCell", &conv_lstm},
};

}  // namespace
}  // namespace kerasan::reference
