#include "reference/gradient.h"

#include "reference/registry.h"

namespace kerasan::reference {
namespace {

// What the catalogue calls each of them.
std::string kind_of(LayerGradientFunction) { return "layer gradients"; }
std::string kind_of(LayerStateFunction) { return "layer states"; }
std::string kind_of(LossGradientFunction) { return "loss gradients"; }

template <class Function>
Registry<Function>& registry() {
  static Registry<Function> functions(kind_of(Function{}));
  return functions;
}

}  // namespace

LayerGradientRegistrar::LayerGradientRegistrar(std::string_view name, LayerGradientFunction f) {
  registry<LayerGradientFunction>().add(name, f);
}
LayerGradientFunction find_layer_gradient(std::string_view name) {
  return registry<LayerGradientFunction>().find(name);
}

LayerStateRegistrar::LayerStateRegistrar(std::string_view name, LayerStateFunction f) {
  registry<LayerStateFunction>().add(name, f);
}
LayerStateFunction find_layer_state(std::string_view name) {
  return registry<LayerStateFunction>().find(name);
}

LossGradientRegistrar::LossGradientRegistrar(std::string_view name, LossGradientFunction f) {
  registry<LossGradientFunction>().add(name, f);
}
LossGradientFunction find_loss_gradient(std::string_view name) {
  return registry<LossGradientFunction>().find(name);
}

}  // namespace kerasan::reference
