#include "reference/bounded.h"

namespace kerasan::reference {

Bounded Bounded::exact(const Tensor& tensor) {
  Bounded result;
  result.shape = tensor.shape();
  result.value = tensor.to_doubles();
  result.bound.assign(result.value.size(), 0.0);
  return result;
}

}  // namespace kerasan::reference
