// Helpers of the shapes of layers.
#pragma once

#include <initializer_list>

#include "reference/layer_shapes.h"
#include "reference/ops/config.h"
#include "reference/ops/guard.h"

namespace kerasan::reference {

using Dim = std::optional<std::int64_t>;

// The only input; nullopt where it is not known.
inline MaybeDims first_input(const std::vector<MaybeDims>& inputs) {
  return inputs.empty() ? MaybeDims() : inputs.front();
}
// A dimension of a shape that may not be known; negative axes count from the end.
inline Dim dim(const MaybeDims& shape, std::int64_t axis) {
  if (!shape) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(shape->size());
  if (axis < 0) axis += rank;
  require(axis >= 0 && axis < rank, "an input of rank " + std::to_string(rank));
  return (*shape)[static_cast<std::size_t>(axis)];
}
// The shape with another last dimension.
inline MaybeDims with_last(const MaybeDims& shape, const Dim& last) {
  if (!shape) return std::nullopt;
  require(!shape->empty(), "an input of rank 0");
  Dims out(shape->begin(), shape->end() - 1);
  out.push_back(last);
  return out;
}
// Throws where no array has that many elements.
inline std::int64_t product_of(std::int64_t a, std::int64_t b) {
  std::int64_t all = 0;
  require(!__builtin_mul_overflow(a, b, &all), "more elements than an array has");
  return all;
}
inline Dim times(const Dim& a, const Dim& b) { return a && b ? Dim(product_of(*a, *b)) : Dim(); }
inline std::int64_t need_count(const Json& config, const char* key) {
  const double value = get_number(config, key, -1);
  require(value >= 0 && value < 1e12, std::string("no argument ") + key);
  return static_cast<std::int64_t>(value);
}

}  // namespace kerasan::reference
