// The base of wrappers.
#include "reference/layers/wrapper.h"

namespace kerasan::reference {

Outputs run_inner(const LayerCall& call) {
  const LayerFunction function = find_layer(call.class_name);
  require(function != nullptr, "no reference for class " + call.class_name);
  LayerResult result = function(call);
  require(!result.not_checked, result.not_checked ? result.not_checked->reason : "");
  return std::move(result.outputs);
}

Bounded run_single(const LayerCall& call) {
  Outputs outputs = run_inner(call);
  require(outputs.size() == 1, "several outputs");
  return std::move(outputs[0]);
}

LayerGradient run_inner_reverse(const LayerCall& call, const std::vector<Bounded>& seeds) {
  const LayerGradientFunction function = find_layer_gradient(call.class_name);
  require(function != nullptr, "no derivative for class " + call.class_name);
  LayerGradient result = function(call, seeds);
  require(!result.not_checked, result.not_checked ? result.not_checked->reason : "");
  return result;
}

LayerCall inner_call(const LayerCall& call, const InnerLayer& inner) {
  LayerCall result = call;
  result.class_name = inner.class_name;
  result.config = inner.config;
  return result;
}

InnerLayer wrapped(const LayerCall& call) {
  auto inner = get_layer(call.config, "layer");
  require(inner.has_value(), "the inner layer is not in the config");
  return *inner;
}

}  // namespace kerasan::reference
