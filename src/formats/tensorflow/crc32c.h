// CRC-32C (Castagnoli polynomial, RFC 3720 appendix B.4), and the masked form that is stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace kerasan::formats::tensorflow {

// Continues the checksum `crc` of what came before, 0 at the start.
std::uint32_t crc32c(std::uint32_t crc, std::span<const std::byte> bytes);
std::uint32_t crc32c(std::uint32_t crc, std::string_view bytes);

// Stored checksums are rotated and shifted, so that a checksum over bytes that hold checksums stays
// useful (the format of LevelDB tables).
std::uint32_t mask(std::uint32_t crc);

}  // namespace kerasan::formats::tensorflow
