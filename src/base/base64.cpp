#include "base/base64.h"

#include <cstdint>

#include "base/error.h"

namespace kerasan {
namespace {
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint32_t digit(char c) {
  const auto at = kAlphabet.find(c);
  if (at == std::string_view::npos) throw InputError("invalid base64 character");
  return static_cast<std::uint32_t>(at);
}
}  // namespace

std::string base64_encode(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < n ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += k <= n ? kAlphabet[group >> (18 - 6 * k) & 63U] : '=';
  }
  return text;
}

std::vector<std::byte> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) throw InputError("base64 length is not a multiple of 4");
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::size_t n = 3;
    if (i + 4 == text.size())
      n -= (text[i + 3] == '=') + (text[i + 3] == '=' && text[i + 2] == '=');
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 4; ++k) group = group << 6 | (k <= n ? digit(text[i + k]) : 0U);
    if (n < 3 && (group & ((1U << (8 * (3 - n))) - 1U)) != 0)
      throw InputError("base64 with stray bits");
    for (std::size_t k = 0; k < n; ++k)
      bytes.push_back(static_cast<std::byte>(group >> (16 - 8 * k) & 255U));
  }
  return bytes;
}

}  // namespace kerasan
