// Byte layout of a trace; docs/trace-format.md is its specification.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kerasan::trace {

inline constexpr std::string_view kFileMagic = "KERASAN\n";
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kFileHeaderSize = 16;
inline constexpr std::uint32_t kFrameMagic = 0x4D52464B;  // the bytes "KFRM"
inline constexpr std::size_t kFrameHeaderSize = 20;
// Payloads above this are damage, so that a corrupt length cannot exhaust memory.
inline constexpr std::uint32_t kMaxPayload = 1U << 30;
// Deeper JSON is refused: copying and printing a value recurse on its depth.
inline constexpr int kMaxJsonDepth = 200;

inline constexpr std::uint16_t kEventFrame = 1;
inline constexpr std::uint16_t kTensorFrame = 2;

struct FrameHeader {
  std::uint32_t payload_length = 0;
  std::uint16_t type = 0;
  std::uint16_t flags = 0;
  std::uint32_t stream = 0;
  std::uint32_t crc = 0;
};

// nullopt unless the bytes start with the frame magic and could begin a frame.
std::optional<FrameHeader> parse_frame_header(std::span<const std::byte, kFrameHeaderSize> bytes);
std::uint32_t crc32(std::uint32_t seed, std::span<const std::byte> bytes);
std::uint32_t load_u32(const std::byte* at);
std::string file_header();
std::string frame(std::uint16_t type, std::uint32_t stream, std::string_view json,
                  std::span<const std::byte> raw);

// Strict UTF-8 JSON of bounded depth; throws InputError.
nlohmann::json parse_json(std::string_view text);

}  // namespace kerasan::trace
