#include "reference/layer.h"
#include "reference/registry.h"

namespace kerasan::reference {
namespace {

Registry<LayerFunction>& registry() {
  static Registry<LayerFunction> layers("layers");
  return layers;
}

}  // namespace

LayerRegistrar::LayerRegistrar(std::string_view class_name, LayerFunction function) {
  registry().add(class_name, function);
}

LayerFunction find_layer(std::string_view class_name) { return registry().find(class_name); }

std::vector<std::string> known_layers() { return registry().names(); }

}  // namespace kerasan::reference
