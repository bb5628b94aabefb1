// The names that the probe gives to the contents of arrays.
#pragma once

#include <span>
#include <string>

#include "base/tensor.h"

namespace kerasan {

// Keyed BLAKE2b (RFC 7693) of the little-endian bytes, 16 bytes in hexadecimal; the key is dtype
// and shape, "float32[3, 2]".
std::string digest_of(DType dtype, const Shape& shape, std::span<const std::byte> bytes);

}  // namespace kerasan
