// Base64 (RFC 4648, with padding).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kerasan {

std::string base64_encode(std::span<const std::byte> bytes);
// Throws InputError for anything that base64_encode would not produce.
std::vector<std::byte> base64_decode(std::string_view text);

}  // namespace kerasan
