#include "base/finite.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace kerasan {
namespace {

// IEEE 754: the exponent of NaN and of infinity is all ones. A stretch at a time keeps the loop
// free of branches, so that it runs at the speed of memory.
template <typename Word>
bool no_full_exponent(std::span<const std::byte> bytes, Word exponent) {
  constexpr std::size_t kStretch = 4096;
  const std::size_t count = bytes.size() / sizeof(Word);
  for (std::size_t from = 0; from < count; from += kStretch) {
    const std::size_t length = std::min(kStretch, count - from);
    const std::byte* const at = bytes.data() + from * sizeof(Word);
    Word found = 0;
    for (std::size_t i = 0; i < length; ++i) {
      Word word;
      std::memcpy(&word, at + i * sizeof(Word), sizeof word);
      found |= static_cast<Word>((word & exponent) == exponent);
    }
    if (found != 0) return false;
  }
  return true;
}

}  // namespace

bool all_finite(DType dtype, std::span<const std::byte> bytes) {
  switch (dtype) {
    case DType::kFloat16:
      return no_full_exponent<std::uint16_t>(bytes, 0x7c00);
    case DType::kBFloat16:
      return no_full_exponent<std::uint16_t>(bytes, 0x7f80);
    case DType::kFloat32:
      return no_full_exponent<std::uint32_t>(bytes, 0x7f800000);
    case DType::kFloat64:
      return no_full_exponent<std::uint64_t>(bytes, 0x7ff0000000000000);
    default:
      return true;
  }
}

}  // namespace kerasan
