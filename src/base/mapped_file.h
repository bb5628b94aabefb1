// Bytes that somebody keeps alive: a file mapped into memory, or a buffer.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kerasan {

// Immutable; copies and slices share the memory.
class Bytes {
 public:
  Bytes() = default;
  explicit Bytes(std::vector<std::byte> buffer);
  // `data` lives as long as `owner`.
  Bytes(std::shared_ptr<const void> owner, std::span<const std::byte> data)
      : owner_(std::move(owner)), data_(data) {}

  std::size_t size() const { return data_.size(); }
  const std::byte* data() const { return data_.data(); }
  std::span<const std::byte> span() const { return data_; }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(data_.data()), data_.size()};
  }
  // Throws InputError when [offset, offset + size) is not inside.
  Bytes slice(std::size_t offset, std::size_t size) const;

 private:
  std::shared_ptr<const void> owner_;
  std::span<const std::byte> data_;
};

// Maps a regular file read-only. Throws InputError naming the path. The file must not shrink while
// it is used.
Bytes map_file(const std::string& path);

}  // namespace kerasan
