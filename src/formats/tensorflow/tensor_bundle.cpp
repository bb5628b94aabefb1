#include "formats/tensorflow/tensor_bundle.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/error.h"
#include "formats/tensorflow/crc32c.h"
#include "formats/tensorflow/data_type.h"
#include "formats/tensorflow/slices.h"
#include "formats/tensorflow/wire.h"

namespace kerasan::formats::tensorflow {
namespace {

std::string shard_name(const std::string& prefix, std::int64_t shard, std::int64_t shards) {
  char tail[40];
  std::snprintf(tail, sizeof tail, ".data-%05d-of-%05d", static_cast<int>(shard),
                static_cast<int>(shards));
  return prefix + tail;
}

BundleFault checksum_fault(const std::string& name) {
  return {BundleFault::Kind::kChecksum,
          "the checksum of \"" + name +
              "\" does not hold: its bytes have changed since they were written"};
}

// Where the lengths end and the strings begin; the checksum runs over lengths of four bytes each
// (eight where one needs it), itself as stored behind them, and the strings.
std::optional<std::vector<std::string_view>> split_strings(std::string_view bytes,
                                                           std::size_t count,
                                                           std::uint32_t& checksum) {
  std::vector<std::uint64_t> lengths;
  if (count > bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t length = 0;
    if (!take_varint(bytes, length)) return std::nullopt;
    const std::string_view raw(reinterpret_cast<const char*>(&length), length >> 32 != 0 ? 8 : 4);
    checksum = crc32c(checksum, raw);
    lengths.push_back(length);
  }
  if (bytes.size() < 4 || fixed32(bytes) != mask(checksum)) return std::nullopt;
  checksum = crc32c(checksum, bytes);
  bytes.remove_prefix(4);
  std::vector<std::string_view> strings;
  for (const std::uint64_t length : lengths) {
    if (length > bytes.size()) return std::nullopt;
    strings.push_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  if (!bytes.empty()) return std::nullopt;
  return strings;
}

}  // namespace

TensorBundle TensorBundle::open(const std::string& prefix) {
  const std::string path = prefix + ".index";
  TensorBundle bundle;
  try {
    bundle.index_ = read_bundle_index(map_file(path).text());
  } catch (const InputError& error) {
    const std::string what = error.what();
    throw InputError(what.starts_with(path) ? what : path + ": " + what);
  }
  for (std::int64_t shard = 0; shard < bundle.index_.shards; ++shard) {
    const std::string name = shard_name(prefix, shard, bundle.index_.shards);
    bundle.shard_names_.push_back(name);
    if (std::filesystem::exists(name)) {
      bundle.shards_.push_back(map_file(name));
    } else {
      bundle.shards_.push_back(std::nullopt);
      bundle.missing_.push_back(name);
    }
  }
  return bundle;
}

const BundleEntry* TensorBundle::find(const std::string& name) const {
  const auto found = index_.tensors.find(name);
  return found == index_.tensors.end() ? nullptr : &found->second;
}

std::vector<std::pair<std::string, std::uint64_t>> TensorBundle::shard_sizes() const {
  std::vector<std::pair<std::string, std::uint64_t>> sizes;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    if (shards_[i]) sizes.emplace_back(shard_names_[i], shards_[i]->size());
  }
  return sizes;
}

std::optional<Bytes> TensorBundle::stored(const std::string& name, const BundleEntry& entry,
                                          std::vector<BundleFault>& faults) const {
  if (entry.shard < 0 || entry.shard >= index_.shards) {
    faults.push_back({BundleFault::Kind::kNoShard, "\"" + name + "\" is in file " +
                                                       std::to_string(entry.shard) + " of " +
                                                       std::to_string(index_.shards)});
    return std::nullopt;
  }
  const auto& shard = shards_[static_cast<std::size_t>(entry.shard)];
  const std::string& file = shard_names_[static_cast<std::size_t>(entry.shard)];
  if (!shard) {
    faults.push_back(
        {BundleFault::Kind::kNoShard, "\"" + name + "\" is in " + file + ", which is not there"});
    return std::nullopt;
  }
  if (entry.offset > shard->size() || entry.size > shard->size() - entry.offset) {
    faults.push_back(
        {BundleFault::Kind::kOutside, "\"" + name + "\" ends beyond the end of " + file});
    return std::nullopt;
  }
  return shard->slice(entry.offset, entry.size);
}

std::optional<Bytes> TensorBundle::bytes(const std::string& name,
                                         std::vector<BundleFault>& faults) const {
  const BundleEntry& entry = index_.tensors.at(name);
  if (!entry.slices.empty()) return assembled(name, entry, faults);
  auto found = stored(name, entry, faults);
  if (!found) return std::nullopt;
  const auto size = type_size(entry.type);
  if (!size) {
    faults.push_back({BundleFault::Kind::kNotRead, "\"" + name + "\": " + type_name(entry.type)});
    return std::nullopt;
  }
  const std::size_t count = element_count(entry.shape);
  if (found->size() % *size != 0 || found->size() / *size != count) {
    faults.push_back({BundleFault::Kind::kOutside, "\"" + name + "\" of shape " +
                                                       shape_text(entry.shape) + " and " +
                                                       type_name(entry.type) + " has " +
                                                       std::to_string(found->size()) + " bytes"});
    return std::nullopt;
  }
  if (entry.checksum && mask(crc32c(0, found->span())) != *entry.checksum) {
    faults.push_back(checksum_fault(name));
  }
  return found;
}

std::optional<Bytes> TensorBundle::assembled(const std::string& name, const BundleEntry& entry,
                                             std::vector<BundleFault>& faults) const {
  const auto size = type_size(entry.type);
  const std::size_t count = element_count(entry.shape);
  std::uint64_t held = 0;
  for (const auto& shard : shards_) held += shard ? shard->size() : 0;
  if (!size || count > held / *size) {  // or a small file could ask for any memory
    faults.push_back({BundleFault::Kind::kSlices, "\"" + name + "\" is larger than its files"});
    return std::nullopt;
  }
  if (!covers(entry.slices, entry.shape)) {
    faults.push_back(
        {BundleFault::Kind::kSlices, "the slices of \"" + name + "\" do not cover it"});
    return std::nullopt;
  }
  std::vector<std::byte> whole(count * *size);
  for (const TensorSlice& slice : entry.slices) {
    const auto part = index_.parts.find(slice_key(name, slice));
    if (part == index_.parts.end()) {
      faults.push_back({BundleFault::Kind::kSlices, "a slice of \"" + name + "\" is not there"});
      return std::nullopt;
    }
    const auto found = stored(name, part->second, faults);
    if (!found) return std::nullopt;
    if (part->second.checksum && mask(crc32c(0, found->span())) != *part->second.checksum) {
      faults.push_back(checksum_fault(name));
    }
    if (!place_slice(found->span(), slice, entry.shape, *size, whole)) {
      faults.push_back(
          {BundleFault::Kind::kSlices, "a slice of \"" + name + "\" has another size"});
      return std::nullopt;
    }
  }
  return Bytes(std::move(whole));
}

std::optional<std::vector<std::string_view>> TensorBundle::strings(
    const std::string& name, std::vector<BundleFault>& faults) const {
  const BundleEntry& entry = index_.tensors.at(name);
  const auto found = stored(name, entry, faults);
  if (!found) return std::nullopt;
  std::uint32_t checksum = 0;
  auto strings = split_strings(found->text(), element_count(entry.shape), checksum);
  if (!strings || (entry.checksum && mask(checksum) != *entry.checksum)) {
    faults.push_back(checksum_fault(name));
  }
  return strings;
}

}  // namespace kerasan::formats::tensorflow
