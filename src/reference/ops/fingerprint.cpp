#include "reference/ops/fingerprint.h"

#include <bit>
#include <cstring>

#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

using Word = std::uint64_t;

// FarmHash's constants: large primes.
constexpr Word kPrime0 = 0xc3a5c85c97cb3127, kPrime1 = 0xb492b66fbe98f273,
               kPrime2 = 0x9ae16a3b2f90404f;

template <class T>
T little_endian(std::string_view text, std::size_t at) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value |= T(static_cast<unsigned char>(text[at + i])) << (8 * i);
  return value;
}

Word word(std::string_view text, std::size_t at) { return little_endian<Word>(text, at); }
Word mixed(Word v) { return v ^ (v >> 47); }
Word combined(Word u, Word v, Word multiplier) {
  const Word a = mixed((u ^ v) * multiplier);
  return mixed((v ^ a) * multiplier) * multiplier;
}

Word up_to_16(std::string_view text) {
  const std::size_t n = text.size();
  const Word multiplier = kPrime2 + n * 2;
  if (n >= 8) {
    const Word a = word(text, 0) + kPrime2, b = word(text, n - 8);
    const Word c = std::rotr(b, 37) * multiplier + a;
    const Word d = (std::rotr(a, 25) + b) * multiplier;
    return combined(c, d, multiplier);
  }
  if (n >= 4) {
    const Word a = little_endian<std::uint32_t>(text, 0);
    return combined(n + (a << 3), little_endian<std::uint32_t>(text, n - 4), multiplier);
  }
  if (n == 0) return kPrime2;
  const auto byte = [&](std::size_t i) {
    return std::uint32_t(static_cast<unsigned char>(text[i]));
  };
  const Word y = byte(0) + (byte(n / 2) << 8), z = std::uint32_t(n) + (byte(n - 1) << 2);
  return mixed(y * kPrime2 ^ z * kPrime0) * kPrime2;
}

Word up_to_32(std::string_view text) {
  const std::size_t n = text.size();
  const Word multiplier = kPrime2 + n * 2;
  const Word a = word(text, 0) * kPrime1, b = word(text, 8);
  const Word c = word(text, n - 8) * multiplier, d = word(text, n - 16) * kPrime2;
  return combined(std::rotr(a + b, 43) + std::rotr(c, 30) + d, a + std::rotr(b + kPrime2, 18) + c,
                  multiplier);
}

struct SipState {
  Word v0, v1, v2, v3;
  void round() {
    v0 += v1, v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0, v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1, v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2, v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }
  void take(Word m) {
    v3 ^= m;
    round(), round();
    v0 ^= m;
  }
};

}  // namespace

std::uint64_t farm_fingerprint64(std::string_view text) {
  require(text.size() <= 32, "a text of more than 32 bytes");
  return text.size() <= 16 ? up_to_16(text) : up_to_32(text);
}

std::uint64_t sip_hash(std::string_view text, std::uint64_t key0, std::uint64_t key1) {
  SipState state{key0 ^ 0x736f6d6570736575, key1 ^ 0x646f72616e646f6d, key0 ^ 0x6c7967656e657261,
                 key1 ^ 0x7465646279746573};
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) state.take(word(text, at));
  Word last = Word(text.size()) << 56;
  for (std::size_t i = 0; at + i < text.size(); ++i)
    last |= Word(static_cast<unsigned char>(text[at + i])) << (8 * i);
  state.take(last);
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace kerasan::reference
