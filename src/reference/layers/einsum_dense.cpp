// EinsumDense: y = activation(einsum(equation, x, kernel) + bias); the bias lies along bias_axes
// and is kept in a shape that broadcasts to the output.
#include <cmath>

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/einsum.h"
#include "reference/ops/guard.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {
namespace {

bool given(const LayerCall& call, const char* key) {
  return call.config.contains(key) && !call.config[key].is_null();
}

// The bias may enter the sum of `terms` products at any place.
void add_broadcast(Bounded& x, const Bounded& bias, Precision p, double terms) {
  const auto index = broadcast_index(bias.shape, x.shape);
  const double g = gamma(terms + 2, p.u);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double b = bias.value[index[i]];
    const double drift = bias.bound[index[i]] + g * std::fabs(b);
    x.value[i] += b;
    x.bound[i] = (1 + p.u) * (x.bound[i] + drift) + p.u * std::fabs(x.value[i]);
  }
}

Bounded einsum_dense(const LayerCall& call) {
  const Precision p = precision_of(call);
  require(!given(call, "quantization_config"), "quantized");
  require(!given(call, "lora_rank"), "with low-rank adaptation");
  double terms = 0;
  Bounded y = einsum(get_text(call.config, "equation", ""), call.inputs[0],
                     get_weight(call, "kernel"), p, &terms);
  if (given(call, "bias_axes")) add_broadcast(y, get_weight(call, "bias"), p, terms);
  return activate(activation_name(call.config, "activation", "linear"), std::move(y), p);
}

const LayerRegistrar registrar{"EinsumDense", &checked<einsum_dense>};

}  // namespace
}  // namespace kerasan::reference
