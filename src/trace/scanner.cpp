#include "trace/scanner.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/error.h"

namespace kerasan::trace {
namespace {

constexpr std::array<std::byte, 4> kMagicBytes{std::byte{'K'}, std::byte{'F'}, std::byte{'R'},
                                               std::byte{'M'}};

}  // namespace

bool Scanner::check_file_header() {
  if (header_checked_) return true;
  std::array<std::byte, kFileHeaderSize> bytes{};
  if (!source_.reach(bytes.size()) && !final_now()) return false;
  if (!source_.read(0, bytes))
    throw InputError(source_.name() + ": not a Kerasan trace (too short)");
  if (!std::equal(kFileMagic.begin(), kFileMagic.end(), bytes.begin(),
                  [](char c, std::byte b) { return static_cast<std::byte>(c) == b; }))
    throw InputError(source_.name() + ": not a Kerasan trace");
  const std::uint32_t version = load_u32(bytes.data() + 8);
  if (version != kVersion || load_u32(bytes.data() + 12) != 0)
    throw InputError(source_.name() + ": trace version " + std::to_string(version) +
                     " is not supported");
  position_ = kFileHeaderSize;
  return header_checked_ = true;
}

std::optional<FrameAt> Scanner::next() {
  if (!check_file_header()) return std::nullopt;
  for (;;) {
    if (!source_.reach(position_ + 1)) {
      if (final_now() && damage_) end_damage(true);
      return std::nullopt;
    }
    FrameAt frame;
    const Look found = look(frame);
    if (found == Look::kIncomplete && !final_now()) return std::nullopt;
    if (found != Look::kFrame) {
      begin_damage(found == Look::kIncomplete);
      skip_to_magic();
      continue;
    }
    if (damage_) end_damage(false);
    position_ = frame.end();
    if (frame.json_length <= frame.header.payload_length - 4) return frame;
    reject(frame);
  }
}

Scanner::Look Scanner::look(FrameAt& frame) {
  std::array<std::byte, kFrameHeaderSize + 4> bytes{};
  const bool whole = source_.reach(position_ + bytes.size());
  const auto there = std::min<std::uint64_t>(bytes.size(), source_.size() - position_);
  if (!source_.read(position_, std::span(bytes).first(there))) return Look::kBad;
  if (!std::equal(bytes.begin(),
                  bytes.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(there, 4)),
                  kMagicBytes.begin()))
    return Look::kBad;
  if (!whole) return Look::kIncomplete;
  const auto header = parse_frame_header(std::span(bytes).first<kFrameHeaderSize>());
  if (!header) return Look::kBad;
  frame = {*header, position_, load_u32(bytes.data() + kFrameHeaderSize)};
  if (!source_.reach(frame.end())) return Look::kIncomplete;
  return checksum_holds(frame) ? Look::kFrame : Look::kBad;
}

bool Scanner::checksum_holds(const FrameAt& frame) {
  std::array<std::byte, 8> summed{};
  if (!source_.read(frame.begin + 8, summed)) return false;
  std::uint32_t crc = crc32(0, summed);
  std::array<std::byte, 65536> chunk;
  for (std::uint64_t at = frame.begin + kFrameHeaderSize; at < frame.end();) {
    const auto part =
        std::span(chunk).first(std::min<std::uint64_t>(chunk.size(), frame.end() - at));
    if (!source_.read(at, part)) return false;
    crc = crc32(crc, part);
    at += part.size();
  }
  return crc == frame.header.crc;
}

void Scanner::skip_to_magic() {
  std::array<std::byte, 4096> chunk;
  for (++position_; position_ < source_.size();) {
    const auto part =
        std::span(chunk).first(std::min<std::uint64_t>(chunk.size(), source_.size() - position_));
    if (!source_.read(position_, part)) break;
    for (std::size_t i = 0; i < part.size(); ++i) {
      const auto n = std::min<std::size_t>(4, part.size() - i);
      if (std::equal(kMagicBytes.begin(), kMagicBytes.begin() + static_cast<std::ptrdiff_t>(n),
                     part.begin() + static_cast<std::ptrdiff_t>(i))) {
        // A prefix of the magic at the end of the chunk is looked at again from there.
        position_ += i;
        return;
      }
    }
    position_ += part.size();
  }
}

void Scanner::begin_damage(bool cut) {
  if (damage_) return;
  damage_ = position_;
  cut_ = cut;
}

void Scanner::end_damage(bool at_tail) {
  loss_.bytes_lost += position_ - *damage_;
  if (at_tail && cut_)
    loss_.truncated_tail = true;
  else
    ++loss_.damaged_regions;
  damage_.reset();
}

bool Scanner::at_end() const {
  return final_now() && header_checked_ && !damage_ && position_ >= source_.size();
}

std::string Scanner::json(const FrameAt& frame) {
  std::string text(frame.json_length, '\0');
  if (!source_.read(frame.json_begin(), std::as_writable_bytes(std::span(text))))
    throw InputError(source_.name() + ": the trace shrank while it was read");
  return text;
}

void Scanner::reject(const FrameAt& frame) {
  ++loss_.unreadable_frames;
  loss_.bytes_lost += frame.end() - frame.begin;
}

}  // namespace kerasan::trace
