// SimpleRNN: h' = activation(x kernel + h recurrent_kernel + bias).
#include "reference/layers/recurrent.h"
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"

namespace kerasan::reference {
namespace {

Bounded simple_rnn(const LayerCall& call) {
  const Precision p = precision_of(call);
  const InputProduct input(call);
  const Bounded& recurrent = get_weight(call, "recurrent_kernel");
  const std::string activation = activation_name(call.config, "activation", "tanh");
  require(recurrent.shape.size() == 2, "kernel of unexpected rank");
  return recur(call, 1, recurrent.shape[1], [&](const Bounded& x, const States& h) {
    return States{activate(activation, plus(input(x), matmul(h[0], recurrent, p), p), p)};
  });
}

const LayerRegistrar registrar{"SimpleRNN", &checked<simple_rnn>};

}  // namespace
}  // namespace kerasan::reference
