// NonNeg: what is negative becomes zero.
#include <sstream>

#include "reference/constraints/norms.h"

namespace kerasan::reference {
namespace {

ConstraintResult non_negative(const ConstraintCall& call) {
  ConstraintResult result;
  result.value = call.variable;
  for (std::size_t k = 0; k < result.value.size(); ++k) {
    double& value = result.value.value[k];
    if (value + result.value.bound[k] < 0) {
      if (result.broken.empty()) {
        std::ostringstream text;
        text << "the negative value " << value;
        result.broken = text.str();
      }
      result.value.bound[k] = 0;
    }
    value = std::max(value, 0.0);
  }
  return result;
}

const ConstraintRegistrar registrar{"NonNeg", &constrained<non_negative>};

}  // namespace
}  // namespace kerasan::reference
