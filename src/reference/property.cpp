#include "reference/property.h"

#include "reference/registry.h"

namespace kerasan::reference {
namespace {

Registry<PropertyFunction>& registry() {
  static Registry<PropertyFunction> properties("layer properties");
  return properties;
}

}  // namespace

PropertyRegistrar::PropertyRegistrar(std::string_view class_name, PropertyFunction function) {
  registry().add(class_name, function);
}

PropertyFunction find_property(std::string_view class_name) { return registry().find(class_name); }

}  // namespace kerasan::reference
