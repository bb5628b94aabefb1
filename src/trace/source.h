// Random access to the bytes of a file or a pipe that may still be growing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace kerasan::trace {

class Source {
 public:
  // Takes the descriptor over. What cannot be read at an offset is spooled to an unlinked
  // temporary file, so that memory stays bounded. Throws InputError.
  Source(int fd, std::string name);
  ~Source();
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  // Tries to make the bytes before `end` available. Waits on a pipe, never on a file.
  bool reach(std::uint64_t end);
  std::uint64_t size() const { return size_; }
  // True once a pipe has ended; a file never says so.
  bool ended() const { return ended_; }
  // False unless every byte asked for was there.
  bool read(std::uint64_t offset, std::span<std::byte> out);
  const std::string& name() const { return name_; }

 private:
  bool refill();
  bool read_directly(std::uint64_t offset, std::span<std::byte> out) const;

  std::string name_;
  int data_ = -1;  // regular file, read with pread
  int pipe_ = -1;  // or -1
  std::uint64_t size_ = 0;
  bool ended_ = false;
  std::vector<std::byte> window_;  // the bytes from window_at_ on, to save system calls
  std::uint64_t window_at_ = 0;
};

}  // namespace kerasan::trace
