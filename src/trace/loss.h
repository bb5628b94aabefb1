// What a damaged trace cost.
#pragma once

#include <cstdint>

namespace kerasan::trace {

// Everything that was in the trace and could not be handed out.
struct Loss {
  std::uint64_t damaged_regions = 0;    // runs of bytes skipped to reach the next whole frame
  std::uint64_t bytes_lost = 0;         // in those regions, unreadable frames and the cut tail
  std::uint64_t unreadable_frames = 0;  // intact frames whose content cannot be used
  bool truncated_tail = false;          // the trace ends inside a frame
  bool any() const {
    return damaged_regions + bytes_lost + unreadable_frames > 0 || truncated_tail;
  }
};

}  // namespace kerasan::trace
