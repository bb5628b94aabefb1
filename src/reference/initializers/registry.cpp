#include "reference/registry.h"

#include "reference/initializer.h"

namespace kerasan::reference {
namespace {

Registry<InitializerFunction>& registry() {
  static Registry<InitializerFunction> initializers("initializers");
  return initializers;
}

}  // namespace

InitializerRegistrar::InitializerRegistrar(std::string_view class_name,
                                           InitializerFunction function) {
  registry().add(class_name, function);
}

InitializerFunction find_initializer(std::string_view class_name) {
  return registry().find(class_name);
}

std::vector<std::string> known_initializers() { return registry().names(); }

}  // namespace kerasan::reference
