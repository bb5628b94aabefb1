#include "reference/layers/simple_rnn.h"

#include <memory>

#include "reference/ops/config.h"

namespace kerasan::reference {

SimpleRnn::SimpleRnn(const LayerCall& call)
    : act(activation_name(call.config, "activation", "tanh")), p(recurrence_of(call)) {
  const Bounded& kernel = get_weight(call, "recurrent_kernel");
  require(kernel.shape.size() == 2 && kernel.shape[0] == kernel.shape[1],
          "kernel of unexpected shape");
  recurrent = Kernel(kernel, p);
}

SimpleRnn::Gates SimpleRnn::at(const Bounded& input, const Normed& h) const {
  const Normed z = plus(Normed(input), matmul(h, recurrent, p), p);
  Gates y{z, activated(act, z, p), {}};
  y.output = outcome(y.h, z, p);
  return y;
}

namespace {

RecurrentCell make_simple(const LayerCall& call) {
  const auto simple = std::make_shared<SimpleRnn>(call);
  RecurrentCell cell;
  cell.states = {{simple->recurrent.matrix.shape[1]}};
  cell.project = [&call](const Bounded& x) { return input_product(call, x); };
  cell.step = [simple](const Bounded& z, const States& h) {
    return States{simple->at(z, h[0]).output};
  };
  return cell;
}

const CellRegistrar registrar{"SimpleRNN", "SimpleRNNCell", &make_simple};

}  // namespace
}  // namespace kerasan::reference
