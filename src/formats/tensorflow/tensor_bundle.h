// The tensors of a checkpoint: an index (PREFIX.index) and the bytes
// (PREFIX.data-00000-of-00002, ...), mapped and not copied.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mapped_file.h"
#include "base/tensor.h"
#include "formats/tensorflow/table.h"

namespace kerasan::formats::tensorflow {

// A part of a tensor that is stored in parts; one {start, length} for each dimension, length -1:
// all.
using TensorSlice = std::vector<std::pair<std::int64_t, std::int64_t>>;

struct BundleEntry {
  std::int64_t type = 0;  // data_type.h
  Shape shape;
  std::int64_t shard = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::optional<std::uint32_t> checksum;  // masked
  std::vector<TensorSlice> slices;        // then the bytes are those of other entries
};

struct BundleIndex {
  std::int64_t shards = 0;
  std::map<std::string, BundleEntry> tensors;  // by name
  std::map<std::string, BundleEntry> parts;    // of tensors in slices, by encoded key
};

// Reads PREFIX.index. Throws InputError where it is damaged.
BundleIndex read_bundle_index(std::string_view bytes, Checksums checksums = Checksums::kVerify);
// The key under which one slice of a tensor is stored.
std::string slice_key(std::string_view name, const TensorSlice& slice);

// A value that could not be had, or not be trusted.
struct BundleFault {
  enum class Kind { kNoShard, kOutside, kChecksum, kSlices, kNotRead };
  Kind kind;
  std::string message;
};

class TensorBundle {
 public:
  // Maps the shards that are there. Throws InputError naming the file where the index cannot be
  // used.
  static TensorBundle open(const std::string& prefix);

  const std::map<std::string, BundleEntry>& tensors() const { return index_.tensors; }
  const BundleEntry* find(const std::string& name) const;
  // Names of the files that belong to it and are not there.
  const std::vector<std::string>& missing_shards() const { return missing_; }

  // The bytes of numbers, with the checksum verified: in the mapped file, or put together where the
  // tensor is stored in slices. nullopt where they are not there; a checksum that does not hold is
  // reported and the bytes are given all the same.
  std::optional<Bytes> bytes(const std::string& name, std::vector<BundleFault>& faults) const;
  // The strings of a string tensor, views into the file; likewise.
  std::optional<std::vector<std::string_view>> strings(const std::string& name,
                                                       std::vector<BundleFault>& faults) const;
  // Every shard with its size.
  std::vector<std::pair<std::string, std::uint64_t>> shard_sizes() const;

 private:
  std::optional<Bytes> stored(const std::string& name, const BundleEntry& entry,
                              std::vector<BundleFault>& faults) const;
  std::optional<Bytes> assembled(const std::string& name, const BundleEntry& entry,
                                 std::vector<BundleFault>& faults) const;

  BundleIndex index_;
  std::vector<std::string> shard_names_;
  std::vector<std::optional<Bytes>> shards_;
  std::vector<std::string> missing_;
};

}  // namespace kerasan::formats::tensorflow
