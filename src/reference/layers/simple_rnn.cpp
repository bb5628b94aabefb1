// SimpleRNN: h' = activation(x kernel + h recurrent_kernel + bias).
#include "reference/layers/recurrent.h"
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/elementwise.h"
#include "reference/ops/matmul.h"

namespace kerasan::reference {
namespace {

RecurrentCell simple_rnn(const LayerCall& call) {
  const Bounded& recurrent = get_weight(call, "recurrent_kernel");
  require(recurrent.shape.size() == 2 && recurrent.shape[0] == recurrent.shape[1],
          "kernel of unexpected shape");
  const std::string activation = activation_name(call.config, "activation", "tanh");
  const Precision p = precision_of(call);
  RecurrentCell cell;
  cell.states = {{recurrent.shape[1]}};
  cell.project = [&call](const Bounded& x) { return input_product(call, x); };
  cell.step = [&recurrent, activation, p](const Bounded& z, const States& h) {
    return States{activate(activation, plus(z, matmul(h[0], recurrent, p), p), p)};
  };
  return cell;
}

const CellRegistrar registrar{"SimpleRNN", "SimpleRNNCell", &simple_rnn};

}  // namespace
}  // namespace kerasan::reference
