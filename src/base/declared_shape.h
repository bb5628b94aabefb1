// Shapes as a framework declares them: TensorShapes, tuples and lists, nested or not.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace kerasan {

// One shape; a dimension is nullopt where unknown.
using Dims = std::vector<std::optional<std::int64_t>>;

struct DeclaredShapes {
  enum class State { kKnown, kMalformed, kUnknown };
  State state = State::kKnown;
  std::vector<Dims> shapes;  // in order, whatever the nesting
};

// kMalformed: a sequence mixes dimensions and sequences, as in (None, (2,)).
// kUnknown: something that is no shape, or a shape of unknown rank.
DeclaredShapes parse_shapes(const nlohmann::json& value);
// Same rank, and equal wherever both dimensions from `first` on are known.
bool compatible(const Dims& a, const Dims& b, std::size_t first = 0);

}  // namespace kerasan
