// Dense: y = activation(x kernel + bias) along the last axis.
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"

namespace kerasan::reference {
namespace {

Bounded dense(const LayerCall& call) {
  const Precision p = precision_of(call);
  require(
      !call.config.contains("quantization_config") || call.config["quantization_config"].is_null(),
      "quantized");
  const Bounded& kernel = get_weight(call, "kernel");
  Bounded y = matmul(call.inputs[0], kernel, p);
  if (get_flag(call.config, "use_bias", true))
    add_bias(y, get_weight(call, "bias"), p, double(kernel.shape[0]));
  return activate(activation_name(call.config, "activation", "linear"), std::move(y), p);
}

const LayerRegistrar registrar{"Dense", &checked<dense>};

}  // namespace
}  // namespace kerasan::reference
