// Masking: time steps whose features all equal mask_value become zero.
#include "reference/ops/config.h"
#include "reference/ops/guard.h"
#include "reference/ops/reverse.h"

namespace kerasan::reference {
namespace {

// `y` with zeros in the steps of the input that are masked.
Bounded without_masked(const LayerCall& call, Bounded y) {
  const Bounded& x = call.inputs[0];
  require(!x.shape.empty() && x.shape.back() > 0, "input of unexpected rank");
  const double skip = get_number(call.config, "mask_value", 0);
  // A value that the precision cannot hold compares differently in different generations.
  require(double(float(skip)) == skip && call.compute_dtype == DType::kFloat32,
          "mask_value may be rounded");
  const auto width = std::size_t(x.shape.back());
  for (std::size_t at = 0; at < x.size(); at += width) {
    bool masked = true;
    for (std::size_t i = at; i < at + width; ++i) masked = masked && x.value[i] == skip;
    if (masked)
      for (std::size_t i = at; i < at + width; ++i) y.value[i] = y.bound[i] = 0;
  }
  return y;
}

Bounded masking(const LayerCall& call) { return without_masked(call, call.inputs[0]); }

LayerGradient masking_reverse(const LayerCall& call, const Bounded& seed) {
  return gradient_by_input(call, without_masked(call, seed));
}

const LayerRegistrar registrar{"Masking", &checked<masking>};
const LayerGradientRegistrar reverse{"Masking", &reversed<masking_reverse>};

}  // namespace
}  // namespace kerasan::reference
