// TensorFlow's numbers for element types (tensorflow/core/framework/types.proto).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/tensor.h"

namespace kerasan::formats::tensorflow {

inline constexpr std::int64_t kString = 7;
inline constexpr std::int64_t kResource = 20;
inline constexpr std::int64_t kVariant = 21;

// "float32", ...; "type 99" for a number that is not known.
std::string type_name(std::int64_t type);
// nullopt for a type that Tensor does not have.
std::optional<DType> tensor_type(std::int64_t type);
// Bytes of an element in a checkpoint; nullopt where an element has no fixed size.
std::optional<std::size_t> type_size(std::int64_t type);

}  // namespace kerasan::formats::tensorflow
