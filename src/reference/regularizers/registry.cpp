#include "reference/registry.h"

#include "reference/ops/guard.h"
#include "reference/regularizer.h"
#include "reference/serialized.h"

namespace kerasan::reference {
namespace {

Registry<RegularizerFunction>& registry() {
  static Registry<RegularizerFunction> regularizers("regularizers");
  return regularizers;
}

RegularizerResult unknown(const std::string& reason) {
  RegularizerResult result;
  result.not_checked = NotChecked{reason};
  return result;
}

}  // namespace

RegularizerRegistrar::RegularizerRegistrar(std::string_view class_name,
                                           RegularizerFunction function) {
  registry().add(class_name, function);
}

RegularizerFunction find_regularizer(std::string_view class_name) {
  return registry().find(class_name);
}

std::vector<std::string> known_regularizers() { return registry().names(); }

std::optional<RegularizerResult> penalty_of(const nlohmann::json& serialized,
                                            const Bounded& variable, DType precision,
                                            Products products) {
  try {
    const auto object = read_serialized(serialized);
    if (!object) return std::nullopt;
    const auto function = object->builtin ? find_regularizer(object->class_name) : nullptr;
    if (function == nullptr) return unknown("regularizer " + object->class_name);
    return function({object->class_name, object->config, variable, precision, products});
  } catch (const Unsupported& error) {
    return unknown(std::string("regularizer: ") + error.what());
  }
}

}  // namespace kerasan::reference
