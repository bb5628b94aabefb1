#include "trace/frame.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"

namespace kerasan::trace {
namespace {

template <typename T>
void put(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 255U);
}

// Nesting of lists and objects, counted before parsing so that no value that deep is built.
void check_depth(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxJsonDepth) throw InputError("JSON nested too deeply");
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
}

}  // namespace

std::uint32_t load_u32(const std::byte* at) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | std::to_integer<std::uint32_t>(at[i]);
  return value;
}

std::optional<FrameHeader> parse_frame_header(std::span<const std::byte, kFrameHeaderSize> bytes) {
  if (load_u32(bytes.data()) != kFrameMagic) return std::nullopt;
  const std::uint32_t kind = load_u32(bytes.data() + 8);
  FrameHeader header{load_u32(bytes.data() + 4), static_cast<std::uint16_t>(kind & 0xFFFFU),
                     static_cast<std::uint16_t>(kind >> 16), load_u32(bytes.data() + 12),
                     load_u32(bytes.data() + 16)};
  if (header.payload_length < 4 || header.payload_length > kMaxPayload) return std::nullopt;
  return header;
}

std::uint32_t crc32(std::uint32_t seed, std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(seed, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::string file_header() {
  std::string out(kFileMagic);
  put(out, kVersion);
  put(out, std::uint32_t{0});
  return out;
}

std::string frame(std::uint16_t type, std::uint32_t stream, std::string_view json,
                  std::span<const std::byte> raw) {
  if (json.size() > kMaxPayload || raw.size() > kMaxPayload ||
      4 + json.size() + raw.size() > kMaxPayload)
    throw InputError("a trace frame may hold at most 1 GiB");
  std::string summed;  // the part under the checksum
  put(summed, type);
  put(summed, std::uint16_t{0});
  put(summed, stream);
  std::string payload;
  put(payload, static_cast<std::uint32_t>(json.size()));
  payload += json;
  payload.append(reinterpret_cast<const char*>(raw.data()), raw.size());
  const auto bytes = [](const std::string& s) { return std::as_bytes(std::span(s)); };
  std::string out;
  put(out, kFrameMagic);
  put(out, static_cast<std::uint32_t>(payload.size()));
  out += summed;
  put(out, crc32(crc32(0, bytes(summed)), bytes(payload)));
  return out + payload;
}

nlohmann::json parse_json(std::string_view text) {
  check_depth(text);
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    std::string why = error.what();  // quotes what it met, which need not be text
    std::replace_if(
        why.begin(), why.end(), [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
    throw InputError("invalid JSON: " + why);
  }
}

}  // namespace kerasan::trace
