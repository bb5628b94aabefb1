// Finds the whole frames of a trace and counts what lies between them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "trace/frame.h"
#include "trace/loss.h"
#include "trace/source.h"

namespace kerasan::trace {

// A frame whose checksum holds. Offsets are into the source.
struct FrameAt {
  FrameHeader header;
  std::uint64_t begin = 0;
  std::uint32_t json_length = 0;
  std::uint64_t json_begin() const { return begin + kFrameHeaderSize + 4; }
  std::uint64_t raw_begin() const { return json_begin() + json_length; }
  std::uint64_t end() const { return begin + kFrameHeaderSize + header.payload_length; }
  std::uint64_t raw_length() const { return end() - raw_begin(); }
};

class Scanner {
 public:
  Scanner(int fd, const std::string& name) : source_(fd, name) {}

  // nullopt: no further whole frame now. Throws InputError without the file header.
  std::optional<FrameAt> next();
  void set_final() { final_ = true; }
  bool at_end() const;
  // The frame's JSON text as written.
  std::string json(const FrameAt& frame);
  // The frame was intact but its content is of no use.
  void reject(const FrameAt& frame);
  Source& source() { return source_; }
  const Loss& loss() const { return loss_; }

 private:
  enum class Look { kFrame, kBad, kIncomplete };
  bool final_now() const { return final_ || source_.ended(); }
  bool check_file_header();
  Look look(FrameAt& frame);
  bool checksum_holds(const FrameAt& frame);
  void skip_to_magic();
  void begin_damage(bool cut);
  void end_damage(bool at_tail);

  Source source_;
  std::uint64_t position_ = 0;
  std::optional<std::uint64_t> damage_;  // where the damaged region began
  bool cut_ = false;                     // it began with an incomplete frame
  bool final_ = false;
  bool header_checked_ = false;
  Loss loss_;
};

}  // namespace kerasan::trace
