// Masking: time steps whose features all equal mask_value become zero.
#include "reference/ops/config.h"
#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

Bounded masking(const LayerCall& call) {
  Bounded y = call.inputs[0];
  require(!y.shape.empty() && y.shape.back() > 0, "input of unexpected rank");
  const double skip = get_number(call.config, "mask_value", 0);
  // A value that the precision cannot hold compares differently in different generations.
  require(double(float(skip)) == skip && call.compute_dtype == DType::kFloat32,
          "mask_value may be rounded");
  const auto width = std::size_t(y.shape.back());
  for (std::size_t at = 0; at < y.size(); at += width) {
    bool masked = true;
    for (std::size_t i = 0; i < width; ++i) masked = masked && y.value[at + i] == skip;
    if (masked)
      for (std::size_t i = 0; i < width; ++i) y.value[at + i] = 0;
  }
  return y;
}

const LayerRegistrar registrar{"Masking", &checked<masking>};

}  // namespace
}  // namespace kerasan::reference
