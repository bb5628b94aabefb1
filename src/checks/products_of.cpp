#include "checks/products_of.h"

#include <algorithm>

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
  // How a library does a loop as a whole on a card is not documented; measured, it rounds more than
  // single precision does also where it is told to keep to that (docs/design/precision.md).
  const double loop = std::max(error("recurrent"), any ? reference::factor_error("tf32") : 0);
  return {error("matmul"), error("convolution"), loop, any};
}

}  // namespace kerasan::checks
