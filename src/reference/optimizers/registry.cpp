#include <map>

#include "reference/optimizer.h"

namespace kerasan::reference {
namespace {

std::map<std::string, UpdateFunction, std::less<>>& registry() {
  static std::map<std::string, UpdateFunction, std::less<>> optimizers;
  return optimizers;
}

}  // namespace

OptimizerRegistrar::OptimizerRegistrar(std::string_view class_name, UpdateFunction function) {
  registry().emplace(class_name, function);
}

UpdateFunction find_optimizer(std::string_view class_name) {
  const auto found = registry().find(class_name);
  return found == registry().end() ? nullptr : found->second;
}

double UpdateCall::number(const std::string& name, double otherwise) const {
  if (const auto held = hyper.find(name); held != hyper.end()) return held->second;
  const auto found = config.find(name);
  if (found == config.end()) return otherwise;
  if (found->is_boolean()) return found->get<bool>() ? 1 : 0;
  return found->is_number() ? found->get<double>() : otherwise;
}

}  // namespace kerasan::reference
