#include "formats/tensorflow/bundle_weights.h"

#include <filesystem>

#include "formats/tensorflow/data_type.h"

namespace kerasan::formats::tensorflow {
namespace {

std::string base_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

}  // namespace

BundleWeights::BundleWeights(const TensorBundle& bundle, ModelFile& file)
    : bundle_(bundle), file_(file) {
  file_.holds_weights = true;
  for (const auto& [name, size] : bundle.shard_sizes()) {
    file_.entries.push_back({base_name(name), size});
  }
  for (const std::string& name : bundle.missing_shards()) {
    file_.faults.push_back({kMissingFile, base_name(name),
                            base_name(name) + " is not there, though the index names it"});
  }
}

ObjectGraph BundleWeights::object_graph() {
  if (bundle_.find(kObjectGraphKey) == nullptr) return {};
  claimed_.insert(kObjectGraphKey);
  std::vector<BundleFault> faults;
  const auto strings = bundle_.strings(kObjectGraphKey, faults);
  note(kObjectGraphKey, faults);
  if (!strings || strings->size() != 1) return {};
  return read_trackable_objects(strings->front());
}

bool BundleWeights::claim(const std::string& key) {
  if (!claimed_.insert(key).second) {
    file_.faults.push_back(
        {kDuplicateName, key, "two objects keep their value as \"" + key + "\""});
    return false;
  }
  if (bundle_.find(key) != nullptr) return true;
  file_.faults.push_back({kMissingWeight, key,
                          "the objects name a value \"" + key + "\" that the index does not have"});
  return false;
}

void BundleWeights::note(const std::string& subject, const std::vector<BundleFault>& faults) {
  for (const BundleFault& fault : faults) {
    switch (fault.kind) {
      case BundleFault::Kind::kNoShard:  // the missing file is one fault, not one for each value
      case BundleFault::Kind::kNotRead:
        file_.unread.push_back(fault.message);
        break;
      case BundleFault::Kind::kChecksum:
        file_.faults.push_back({kChecksum, subject, fault.message});
        break;
      default:
        file_.faults.push_back({kUnreadable, subject, fault.message});
    }
  }
}

void BundleWeights::add(const std::string& key, Weight weight, std::vector<Weight>& target) {
  if (!claim(key)) return;
  const BundleEntry& entry = *bundle_.find(key);
  if (!type_size(entry.type)) {
    file_.unread.push_back(type_name(entry.type) + " tensor \"" + key + "\"");
    return;
  }
  std::vector<BundleFault> faults;
  auto bytes = bundle_.bytes(key, faults);
  note(key, faults);
  if (!bytes) return;
  weight.path = key;
  weight.dtype_text = type_name(entry.type);
  weight.dtype = tensor_type(entry.type);
  weight.shape = entry.shape;
  weight.bytes = std::move(*bytes);
  target.push_back(std::move(weight));
}

void BundleWeights::add_entry(const std::string& key) {
  if (claim(key)) file_.entries.push_back({key, bundle_.find(key)->size});
}

void BundleWeights::report_orphans() {
  for (const auto& [name, entry] : bundle_.tensors()) {
    if (claimed_.contains(name)) continue;
    file_.faults.push_back(
        {kOrphanWeight, name, "no object keeps the value \"" + name + "\" that the index has"});
  }
}

}  // namespace kerasan::formats::tensorflow
