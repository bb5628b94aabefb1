// Activation, and the layers that are one elementwise function.
#include <cmath>
#include <limits>

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

Bounded activation(const LayerCall& call) {
  return activate(activation_name(call.config, "activation", "linear"), call.inputs[0],
                  precision_of(call));
}

Bounded relu_layer(const LayerCall& call) {
  return relu(call.inputs[0], get_number(call.config, "negative_slope", 0),
              get_number(call.config, "max_value", std::numeric_limits<double>::infinity()),
              get_number(call.config, "threshold", 0), precision_of(call));
}

// The argument is `alpha` up to Keras 2, `negative_slope` in Keras 3; both default to 0.3.
Bounded leaky_relu(const LayerCall& call) {
  const double alpha = get_number(call.config, "alpha", 0.3);
  return relu(call.inputs[0], get_number(call.config, "negative_slope", alpha),
              std::numeric_limits<double>::infinity(), 0, precision_of(call));
}

Bounded elu_layer(const LayerCall& call) {
  return elu(call.inputs[0], get_number(call.config, "alpha", 1), precision_of(call));
}

Bounded softmax_layer(const LayerCall& call) {
  require(call.masks.empty() || !call.masks[0], "with a mask");
  const auto axis = get_ints(call.config, "axis").value_or(Ints{-1});
  require(axis.size() == 1, "several axes");
  return softmax(call.inputs[0], axis[0], precision_of(call));
}

Bounded prelu(const LayerCall& call) {
  const Precision p = precision_of(call);
  const Bounded& x = call.inputs[0];
  const Bounded& alpha = get_weight(call, "alpha");
  const auto at = broadcast_index(alpha.shape, x.shape);
  Bounded y(x.shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double a = alpha.value[at[i]], v = x.value[i];
    y.value[i] = v >= 0 ? v : a * v;
    y.bound[i] =
        x.bound[i] * std::max(1.0, std::fabs(a)) +
        (v < 0 ? alpha.bound[at[i]] * std::fabs(v) + 2 * p.u * std::fabs(a * v) + p.tiny : 0);
  }
  return y;
}

const LayerRegistrar registrars[] = {
    {"Activation", &checked<activation>}, {"ReLU", &checked<relu_layer>},
    {"LeakyReLU", &checked<leaky_relu>},  {"ELU", &checked<elu_layer>},
    {"Softmax", &checked<softmax_layer>}, {"PReLU", &checked<prelu>},
};

}  // namespace
}  // namespace kerasan::reference
