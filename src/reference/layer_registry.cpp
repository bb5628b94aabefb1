#include "reference/layer.h"

namespace kerasan::reference {
namespace {

// A local static: registrars run before main, in no given order.
std::map<std::string, LayerFunction, std::less<>>& registry() {
  static std::map<std::string, LayerFunction, std::less<>> layers;
  return layers;
}

}  // namespace

LayerRegistrar::LayerRegistrar(std::string_view class_name, LayerFunction function) {
  registry().emplace(std::string(class_name), function);
}

LayerFunction find_layer(std::string_view class_name) {
  const auto found = registry().find(class_name);
  return found == registry().end() ? nullptr : found->second;
}

std::vector<std::string> known_layers() {
  std::vector<std::string> names;
  for (const auto& [name, function] : registry()) names.push_back(name);
  return names;
}

}  // namespace kerasan::reference
