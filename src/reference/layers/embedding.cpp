// Embedding: row `index` of the table for each integer of the input.
#include <algorithm>
#include <cmath>

#include "reference/ops/config.h"
#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

Bounded embedding(const LayerCall& call) {
  const Bounded& x = call.inputs[0];
  const Bounded& table = get_weight(call, "embeddings");
  require(table.shape.size() == 2, "table of unexpected rank");
  const std::int64_t rows = table.shape[0], width = table.shape[1];
  require(double(x.size()) * double(width) <= kMaxElements, "too large to recompute");
  Shape shape = x.shape;
  shape.push_back(width);
  Bounded y(shape);
  for (std::size_t i = 0; i < x.size(); ++i) {
    // Devices differ on an index outside the table: an error, zeros or a clamped row.
    require(x.value[i] >= 0 && x.value[i] < double(rows), "an index is outside the table");
    const std::int64_t from = std::int64_t(x.value[i]) * width;
    std::copy_n(table.value.begin() + from, width, y.value.begin() + i * width);
    std::copy_n(table.bound.begin() + from, width, y.bound.begin() + i * width);
  }
  return y;
}

const LayerRegistrar registrar{"Embedding", &checked<embedding>};

}  // namespace
}  // namespace kerasan::reference
