// Dense: y = activation(x kernel + bias) along the last axis.
#include "reference/ops/activation.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/matmul.h"
#include "reference/ops/reverse.h"
#include "reference/ops/slope.h"

namespace kerasan::reference {
namespace {

Bounded linear(const LayerCall& call) {
  const Precision p = precision_of(call);
  require(
      !call.config.contains("quantization_config") || call.config["quantization_config"].is_null(),
      "quantized");
  require_plain_weights(call);
  const Bounded& kernel = get_weight(call, "kernel");
  Bounded y = matmul(call.inputs[0], kernel, p);
  if (get_flag(call.config, "use_bias", true))
    add_bias(y, get_weight(call, "bias"), p, double(kernel.shape[0]));
  return y;
}

struct KeptSum : Kept {
  Bounded sum;  // before the activation
  explicit KeptSum(Bounded s) : sum(std::move(s)) {}
};

KeptOutputs dense(const LayerCall& call) {
  const std::string name = activation_name(call.config, "activation", "linear");
  Bounded sum = linear(call);
  KeptOutputs out;
  // The derivatives of these need the output at most.
  if (call.training && name != "linear" && name != "relu")
    out.kept = std::make_shared<KeptSum>(sum);
  out.outputs.push_back(activate(name, std::move(sum), precision_of(call)));
  return out;
}

LayerGradient dense_reverse(const LayerCall& call, const Bounded& seed) {
  const Precision p = precision_of(call);
  const Bounded& kernel = get_weight(call, "kernel");
  const std::string name = activation_name(call.config, "activation", "linear");
  const auto* kept = dynamic_cast<const KeptSum*>(call.kept.get());
  const Bounded inner = kept != nullptr ? activate_reverse(name, kept->sum, seed, p)
                                        : activate_reverse(
                                              name, call, [&] { return linear(call); }, seed);
  LayerGradient out =
      gradient_by_input(call, call.input_gradient ? matmul_by_input(inner, kernel, p) : Bounded());
  set_gradient(out, call, "kernel", matmul_by_weight(call.inputs[0], inner, p));
  if (get_flag(call.config, "use_bias", true)) set_gradient(out, call, "bias", sum_rows(inner, p));
  return out;
}

const LayerRegistrar registrar{"Dense", &checked<dense>};
const LayerGradientRegistrar reverse{"Dense", &reversed<dense_reverse>};

}  // namespace
}  // namespace kerasan::reference
