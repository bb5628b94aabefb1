#include "formats/tensorflow/table.h"

#include <snappy.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "formats/tensorflow/crc32c.h"
#include "formats/tensorflow/wire.h"

namespace kerasan::formats::tensorflow {
namespace {

constexpr std::size_t kFooterSize = 48;  // two handles, padded to 40 bytes, and the magic number
constexpr std::uint64_t kMagic = 0xDB4775248B80FB57;
constexpr std::size_t kTrailerSize = 5;  // compression and checksum, after each block
constexpr std::size_t kMaxKey = 4096;    // prefixes are shared, so keys can outgrow the file
constexpr std::size_t kMaxBlock = std::size_t{1} << 28;

[[noreturn]] void damaged(const char* what) {
  throw InputError(std::string("damaged table: ") + what);
}

struct Handle {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

Handle take_handle(std::string_view& bytes) {
  Handle handle;
  if (!take_varint(bytes, handle.offset) || !take_varint(bytes, handle.size)) {
    damaged("no place of a block");
  }
  return handle;
}

// The content of a block; `storage` holds it where it was compressed.
std::string_view block_at(std::string_view table, Handle handle, Checksums checksums,
                          std::string& storage) {
  const std::size_t end = table.size() - kFooterSize;
  if (handle.offset > end || handle.size > end - handle.offset ||
      end - handle.offset - handle.size < kTrailerSize) {
    damaged("a block outside the file");
  }
  const std::string_view block = table.substr(handle.offset, handle.size + 1);
  if (checksums == Checksums::kVerify &&
      mask(crc32c(0, block)) != fixed32(table.substr(handle.offset + handle.size + 1))) {
    damaged("the checksum of a block does not hold");
  }
  const std::string_view content = block.substr(0, handle.size);
  if (block.back() == 0) return content;
  std::size_t size = 0;
  if (block.back() != 1) damaged("a block compressed in an unknown way");
  if (!snappy::GetUncompressedLength(content.data(), content.size(), &size) || size > kMaxBlock ||
      size / 32 >
          content.size() ||  // no element of the compression gives more than 64 from 2 bytes
      !snappy::Uncompress(content.data(), content.size(), &storage)) {
    damaged("a block that cannot be decompressed");
  }
  return storage;
}

std::size_t take_size(std::string_view& bytes) {
  std::uint64_t size = 0;
  if (!take_varint(bytes, size)) damaged("an entry that is cut");
  return size;
}

// Entries share a prefix with the key before; the list of restarts behind them serves searches.
void read_block(std::string_view block, const KeyValue& take) {
  if (block.size() < 4) damaged("a block without its end");
  const std::uint64_t restarts = fixed32(block.substr(block.size() - 4));
  if (restarts > (block.size() - 4) / 4) damaged("a block without its entries");
  block.remove_suffix(4 + 4 * restarts);
  std::string key;
  while (!block.empty()) {
    const std::size_t shared = take_size(block);
    const std::size_t own = take_size(block);
    const std::size_t value = take_size(block);
    if (shared > key.size() || own > block.size() || value > block.size() - own) {
      damaged("an entry outside its block");
    }
    if (shared + own > kMaxKey) damaged("a key of more than 4096 bytes");
    key.resize(shared);
    key.append(block.substr(0, own));
    take(key, block.substr(own, value));
    block.remove_prefix(own + value);
  }
}

}  // namespace

bool is_table(std::string_view bytes) {
  return bytes.size() >= kFooterSize && fixed64(bytes.substr(bytes.size() - 8)) == kMagic;
}

void read_table(std::string_view bytes, const KeyValue& take, Checksums checksums) {
  if (!is_table(bytes)) damaged("it does not end as one");
  std::string_view footer = bytes.substr(bytes.size() - kFooterSize);
  take_handle(footer);  // of the filters, which nobody needs to read all of it
  const Handle index = take_handle(footer);
  std::string index_storage;
  std::string storage;
  std::uint64_t next = 0;
  std::optional<std::string> last;
  read_block(block_at(bytes, index, checksums, index_storage), [&](auto, std::string_view place) {
    const Handle handle = take_handle(place);
    if (handle.offset < next) damaged("blocks out of order");
    const std::string_view block = block_at(bytes, handle, checksums, storage);
    next = handle.offset + handle.size + kTrailerSize;
    read_block(block, [&](std::string_view key, std::string_view value) {
      if (last && key <= *last) damaged("keys out of order");
      last = key;
      take(key, value);
    });
  });
}

}  // namespace kerasan::formats::tensorflow
