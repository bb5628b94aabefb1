#include "reference/registry.h"

#include "reference/optimizer.h"

namespace kerasan::reference {
namespace {

Registry<UpdateFunction>& registry() {
  static Registry<UpdateFunction> optimizers("optimizers");
  return optimizers;
}

}  // namespace

OptimizerRegistrar::OptimizerRegistrar(std::string_view class_name, UpdateFunction function) {
  registry().add(class_name, function);
}

UpdateFunction find_optimizer(std::string_view class_name) { return registry().find(class_name); }

double UpdateCall::number(const std::string& name, double otherwise) const {
  if (const auto held = hyper.find(name); held != hyper.end()) return held->second;
  const auto found = config.find(name);
  if (found == config.end()) return otherwise;
  if (found->is_boolean()) return found->get<bool>() ? 1 : 0;
  return found->is_number() ? found->get<double>() : otherwise;
}

}  // namespace kerasan::reference
