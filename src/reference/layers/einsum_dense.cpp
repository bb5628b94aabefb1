// EinsumDense: y = activation(einsum(equation, x, kernel) + bias); the bias lies along bias_axes
// and is kept in a shape that broadcasts to the output.
#include <cmath>

#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/einsum.h"
#include "reference/ops/guard.h"
#include "reference/ops/reverse.h"
#include "reference/ops/shape.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

bool given(const LayerCall& call, const char* key) {
  return call.config.contains(key) && !call.config[key].is_null();
}

// The bias may enter the sum of `terms` products at any place.
void add_broadcast(Bounded& x, const Bounded& bias, Precision p, double terms) {
  const auto index = broadcast_index(bias.shape, x.shape);
  const double g = gamma(terms + 2, p);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double b = bias.value[index[i]];
    const double drift = bias.bound[index[i]] + g * std::fabs(b);
    x.value[i] += b;
    x.bound[i] = (1 + p.u) * (x.bound[i] + drift) + p.u * std::fabs(x.value[i]);
  }
}

Bounded before_activation(const LayerCall& call, Precision p) {
  require(!given(call, "quantization_config"), "quantized");
  require(!given(call, "lora_rank"), "with low-rank adaptation");
  double terms = 0;
  Bounded y = einsum(get_text(call.config, "equation", ""), call.inputs[0],
                     get_weight(call, "kernel"), p, &terms);
  if (given(call, "bias_axes")) add_broadcast(y, get_weight(call, "bias"), p, terms);
  return y;
}

Bounded einsum_dense(const LayerCall& call) {
  const Precision p = precision_of(call);
  return activate(activation_name(call.config, "activation", "linear"), before_activation(call, p),
                  p);
}

LayerGradient einsum_dense_reverse(const LayerCall& call, const Bounded& seed) {
  const Precision p = precision_of(call);
  const std::string name = activation_name(call.config, "activation", "linear");
  const Bounded inner =
      name == "linear" ? seed : activate_reverse(name, before_activation(call, p), seed, p);
  EinsumGradient by = einsum_reverse(get_text(call.config, "equation", ""), call.inputs[0],
                                     get_weight(call, "kernel"), inner, p);
  LayerGradient out = gradient_by_input(call, std::move(by.a));
  set_gradient(out, call, "kernel", std::move(by.b));
  if (given(call, "bias_axes")) {
    Shape shape = get_weight(call, "bias").shape;
    shape.insert(shape.begin(), inner.shape.size() - shape.size(), 1);
    set_gradient(out, call, "bias", sum_to(inner, shape, p));
  }
  return out;
}

const LayerRegistrar registrar{"EinsumDense", &checked<einsum_dense>};
const LayerGradientRegistrar reverse{"EinsumDense", &reversed<einsum_dense_reverse>};

}  // namespace
}  // namespace kerasan::reference
