// The index of a bundle: a table of BundleHeaderProto (under the empty key) and BundleEntryProto
// (tensorflow/core/protobuf/tensor_bundle.proto).
#include "base/error.h"
#include "formats/tensorflow/tensor_bundle.h"
#include "formats/tensorflow/tensor_shape.h"
#include "formats/tensorflow/wire.h"

namespace kerasan::formats::tensorflow {
namespace {

constexpr std::int64_t kMaxShards = 99999;  // the names of shards have five digits

std::int64_t read_header(std::string_view message) {
  std::int64_t shards = 0;
  for (const Field& field : Message(message, "BundleHeaderProto")) {
    if (field.number == 1) shards = field.integer();
    if (field.number == 2 && field.integer() != 0) {
      throw InputError("a checkpoint of a big-endian machine, which is not read");
    }
  }
  if (shards < 0 || shards > kMaxShards) {
    throw InputError("a checkpoint of " + std::to_string(shards) + " files");
  }
  return shards;
}

TensorSlice read_slice(std::string_view message) {
  TensorSlice slice;
  for (const Field& field : Message(message, "TensorSliceProto")) {
    if (field.number != 1) continue;
    std::pair<std::int64_t, std::int64_t> extent{0, -1};
    for (const Field& part : Message(field.message(), "TensorSliceProto.Extent")) {
      if (part.number == 1) extent.first = part.integer();
      if (part.number == 2) extent.second = part.integer();
    }
    slice.push_back(extent);
  }
  return slice;
}

BundleEntry read_entry(std::string_view message) {
  BundleEntry entry;
  for (const Field& field : Message(message, "BundleEntryProto")) {
    switch (field.number) {
      case 1:
        entry.type = field.integer();
        break;
      case 2:
        entry.shape = read_shape(field.message()).dims;
        break;
      case 3:
        entry.shard = field.integer();
        break;
      case 4:
        entry.offset = static_cast<std::uint64_t>(field.integer());
        break;
      case 5:
        entry.size = static_cast<std::uint64_t>(field.integer());
        break;
      case 6:
        entry.checksum = static_cast<std::uint32_t>(field.integer());
        break;
      case 7:
        entry.slices.push_back(read_slice(field.message()));
        break;
      default:
        break;
    }
  }
  element_count(entry.shape);  // throws where it overflows or is not known
  return entry;
}

// Numbers in the order-preserving coding of keys: the count of bytes, then the bytes, highest
// first.
void append_count(std::string& key, std::uint64_t value) {
  std::string bytes;
  for (; value > 0; value >>= 8) bytes.insert(bytes.begin(), static_cast<char>(value & 0xFF));
  key += static_cast<char>(bytes.size());
  key += bytes;
}

// Zero and 0xFF are escaped, so that the end mark sorts before every continuation.
void append_string(std::string& key, std::string_view text) {
  for (const char c : text) {
    key += c;
    if (c == '\0') key += '\xFF';
    if (c == '\xFF') key += '\0';
  }
  key += '\0';
  key += '\x01';
}

// The shortest two's complement in n bytes with 7n - 1 bits and a sign, its first n bits after the
// sign inverted to say n (n ones for a number from zero on).
void append_signed(std::string& key, std::int64_t value) {
  const std::uint64_t magnitude = static_cast<std::uint64_t>(value < 0 ? ~value : value);
  int size = 1;
  while (size < 10 && (magnitude >> std::min(7 * size - 1, 63)) != 0) ++size;
  std::string bytes(static_cast<std::size_t>(size), value < 0 ? '\xFF' : '\0');
  for (int i = 0; i < size && i < 8; ++i) {
    bytes[static_cast<std::size_t>(size - 1 - i)] = static_cast<char>(value >> (8 * i) & 0xFF);
  }
  for (int bit = 0; bit < size; ++bit) {
    bytes[static_cast<std::size_t>(bit / 8)] ^= static_cast<char>(0x80 >> (bit % 8));
  }
  key += bytes;
}

}  // namespace

std::string slice_key(std::string_view name, const TensorSlice& slice) {
  std::string key;
  append_count(key, 0);
  append_string(key, name);
  append_count(key, slice.size());
  for (const auto& [start, length] : slice) {
    append_signed(key, start);
    append_signed(key, length);
  }
  return key;
}

BundleIndex read_bundle_index(std::string_view bytes, Checksums checksums) {
  BundleIndex index;
  bool header = false;
  std::size_t budget = 32 * bytes.size() + (std::size_t{1} << 20);  // for keys with long prefixes
  read_table(
      bytes,
      [&](std::string_view key, std::string_view value) {
        if (key.empty()) {
          index.shards = read_header(value);
          header = true;
          return;
        }
        if (key.size() > budget) throw InputError("keys far larger than the file");
        budget -= key.size();
        const bool part = key.front() == '\0';
        if (!part && !is_utf8(key)) throw InputError("a tensor whose name is no text");
        (part ? index.parts : index.tensors).emplace(key, read_entry(value));
      },
      checksums);
  if (!header) throw InputError("a table that is no index of a checkpoint");
  return index;
}

}  // namespace kerasan::formats::tensorflow
