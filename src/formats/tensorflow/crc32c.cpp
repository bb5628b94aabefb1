#include "formats/tensorflow/crc32c.h"

#include <array>
#include <cstring>
#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace kerasan::formats::tensorflow {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // reflected

using Table = std::array<std::uint32_t, 256>;

constexpr Table make_table() {
  Table table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    table[i] = crc;
  }
  return table;
}
constexpr Table kTable = make_table();

std::uint32_t by_table(std::uint32_t crc, const std::byte* at, std::size_t size) {
  for (; size > 0; --size, ++at) {
    crc = (crc >> 8) ^ kTable[(crc ^ std::to_integer<std::uint32_t>(*at)) & 0xFF];
  }
  return crc;
}

#if defined(__x86_64__)
// One instruction takes eight bytes, but its result comes three cycles later: three strands of a
// block run at the same time, and their remainders are joined at its end.
constexpr std::size_t kStrand = 4096;

// Appending a zero bit multiplies the remainder by x; doing so 8 * kStrand times is linear in the
// remainder, so one table for each of its four bytes holds the outcome.
using Shift = std::array<Table, 4>;

Shift make_shift() {
  std::array<std::uint32_t, 32> moved{};
  for (int bit = 0; bit < 32; ++bit) {
    std::uint32_t crc = std::uint32_t{1} << bit;
    for (std::size_t i = 0; i < kStrand; ++i) crc = (crc >> 8) ^ kTable[crc & 0xFF];
    moved[bit] = crc;
  }
  Shift shift{};
  for (int byte = 0; byte < 4; ++byte) {
    for (std::uint32_t value = 0; value < 256; ++value) {
      for (int bit = 0; bit < 8; ++bit) {
        if ((value >> bit & 1U) != 0) shift[byte][value] ^= moved[8 * byte + bit];
      }
    }
  }
  return shift;
}

std::uint32_t over_strand(const Shift& shift, std::uint32_t crc) {
  return shift[0][crc & 0xFF] ^ shift[1][crc >> 8 & 0xFF] ^ shift[2][crc >> 16 & 0xFF] ^
         shift[3][crc >> 24];
}

std::uint64_t word(const std::byte* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::uint32_t crc,
                                                               const std::byte* at,
                                                               std::size_t size) {
  static const Shift shift = make_shift();
  for (; size >= 3 * kStrand; size -= 3 * kStrand, at += 3 * kStrand) {
    std::uint64_t first = crc;
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    for (std::size_t i = 0; i < kStrand; i += 8) {
      first = _mm_crc32_u64(first, word(at + i));
      second = _mm_crc32_u64(second, word(at + kStrand + i));
      third = _mm_crc32_u64(third, word(at + 2 * kStrand + i));
    }
    crc =
        over_strand(shift, static_cast<std::uint32_t>(first)) ^ static_cast<std::uint32_t>(second);
    crc = over_strand(shift, crc) ^ static_cast<std::uint32_t>(third);
  }
  std::uint64_t rest = crc;
  for (; size >= 8; size -= 8, at += 8) rest = _mm_crc32_u64(rest, word(at));
  return by_table(static_cast<std::uint32_t>(rest), at, size);
}
#endif

}  // namespace

std::uint32_t crc32c(std::uint32_t crc, std::span<const std::byte> bytes) {
  crc = ~crc;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return ~by_instruction(crc, bytes.data(), bytes.size());
#endif
  return ~by_table(crc, bytes.data(), bytes.size());
}

std::uint32_t crc32c(std::uint32_t crc, std::string_view bytes) {
  return crc32c(crc, std::as_bytes(std::span(bytes)));
}

std::uint32_t mask(std::uint32_t crc) { return (crc >> 15 | crc << 17) + 0xA282EAD8U; }

}  // namespace kerasan::formats::tensorflow
