#include "formats/keras/zip_directory.h"

#include <algorithm>
#include <cstdint>

namespace kerasan::formats {
namespace {

constexpr std::uint64_t kEnd = 0x06054b50, kEnd64 = 0x06064b50, kLocator64 = 0x07064b50;
constexpr std::uint64_t kCentral = 0x02014b50, kLocal = 0x04034b50;
constexpr std::uint64_t kIn64 = 0xffffffff;  // the value is in the record of zip64

class View {
 public:
  explicit View(std::span<const std::byte> bytes) : bytes_(bytes) {}
  // Little-endian; 0 beyond the end, which no signature is.
  std::uint64_t get(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;)
      value = value << 8 | std::to_integer<unsigned>(bytes_[at + i]);
    return value;
  }
  bool has(std::size_t at, std::uint64_t signature) const { return get(at, 4) == signature; }
  std::size_t size() const { return bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
};

std::optional<std::size_t> central_directory(const View& view) {
  constexpr std::size_t kEndSize = 22, kMaxComment = 65535;
  if (view.size() < kEndSize) return std::nullopt;
  const std::size_t first = view.size() - kEndSize;
  for (std::size_t back = 0; back <= std::min(first, kMaxComment); ++back) {
    const std::size_t at = first - back;
    if (!view.has(at, kEnd) || view.get(at + 20, 2) != back) continue;
    if (const std::uint64_t offset = view.get(at + 16, 4); offset != kIn64) return offset;
    if (at < 20 || !view.has(at - 20, kLocator64)) return std::nullopt;
    const std::size_t end64 = view.get(at - 20 + 8, 8);
    if (!view.has(end64, kEnd64)) return std::nullopt;
    return view.get(end64 + 48, 8);
  }
  return std::nullopt;
}

// The offset of the local header in the extra field of zip64, behind the sizes that are there too.
std::optional<std::size_t> offset64(const View& view, std::size_t record) {
  std::size_t at = record + 46 + view.get(record + 28, 2);
  const std::size_t end = at + view.get(record + 30, 2);
  for (; at + 4 <= end; at += 4 + view.get(at + 2, 2)) {
    if (view.get(at, 2) != 1) continue;
    std::size_t field = at + 4;
    if (view.get(record + 24, 4) == kIn64) field += 8;
    if (view.get(record + 20, 4) == kIn64) field += 8;
    return view.get(field, 8);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> stored_member(std::span<const std::byte> archive, std::size_t index) {
  const View view(archive);
  const auto directory = central_directory(view);
  if (!directory) return std::nullopt;
  std::size_t record = *directory;
  for (std::size_t i = 0;; ++i) {
    if (record > archive.size() || !view.has(record, kCentral)) return std::nullopt;
    if (i == index) break;
    record += 46 + view.get(record + 28, 2) + view.get(record + 30, 2) + view.get(record + 32, 2);
  }
  std::optional<std::size_t> local = view.get(record + 42, 4);
  if (*local == kIn64) local = offset64(view, record);
  if (!local || *local > archive.size() || !view.has(*local, kLocal)) return std::nullopt;
  return *local + 30 + view.get(*local + 26, 2) + view.get(*local + 28, 2);
}

}  // namespace kerasan::formats
