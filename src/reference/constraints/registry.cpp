#include "reference/registry.h"

#include "reference/constraint.h"

namespace kerasan::reference {
namespace {

Registry<ConstraintFunction>& registry() {
  static Registry<ConstraintFunction> constraints("constraints");
  return constraints;
}

}  // namespace

ConstraintRegistrar::ConstraintRegistrar(std::string_view class_name, ConstraintFunction function) {
  registry().add(class_name, function);
}

ConstraintFunction find_constraint(std::string_view class_name) {
  return registry().find(class_name);
}

std::vector<std::string> known_constraints() { return registry().names(); }

}  // namespace kerasan::reference
