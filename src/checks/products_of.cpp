#include "checks/products_of.h"

#include "model/fields.h"

namespace kerasan::checks {

reference::Products products_of(const model::Run& run) {
  const auto told = run.framework().find("arithmetic");
  if (told == run.framework().end()) return {};  // a trace without the event
  const auto part = [&](const char* key) {
    return told->is_object() ? told->value(key, model::Json()) : model::Json();
  };
  const model::Json devices = part("accelerators"), products = part("products");
  const auto error = [&](const char* kind) {
    return reference::factor_error(products.is_object() ? model::string_or(products, kind, "")
                                                        : std::string());
  };
  const bool any = !devices.is_array() || !devices.empty();
  return {error("matmul"), error("convolution"), error("recurrent"), any};
}

}  // namespace kerasan::checks
