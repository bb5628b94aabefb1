// .keras archives: metadata.json, config.json, model.weights.h5 and assets.
#include <set>

#include "base/error.h"
#include "formats/hdf5/hdf5_reader.h"
#include "formats/keras/zip_archive.h"
#include "formats/layer_keys.h"
#include "formats/reader.h"
#include "formats/strict_json.h"

namespace kerasan::formats {
namespace {

constexpr const char* kMetadata = "metadata.json";
constexpr const char* kConfig = "config.json";
constexpr const char* kWeights = "model.weights.h5";

Json json_member(const ZipArchive& archive, const char* name, const std::string& path,
                 std::vector<Fault>& faults) {
  const ZipMember* member = archive.find(name);
  if (member == nullptr) throw InputError(path + ": the archive has no " + name);
  if (member->size > kMaxJsonText) {  // before it is unpacked
    throw InputError(path + ": " + name + ": JSON of more than 64 MB");
  }
  try {
    return parse_json(archive.read(*member).text(), name, faults);
  } catch (const InputError& error) {
    const std::string text = error.what();
    throw InputError(text.starts_with(path) ? text : path + ": " + text);
  }
}

void read_weights(const ZipArchive& archive, const std::string& path, ModelFile& out) {
  const ZipMember* member = archive.find(kWeights);
  if (member == nullptr) return;
  ModelFile inner = read_hdf5_model(archive.read(*member), path + ": " + kWeights, out.config);
  out.layout = std::move(inner.layout);
  out.holds_weights = inner.holds_weights;
  out.layers = std::move(inner.layers);
  out.weights = std::move(inner.weights);
  out.optimizer_weights = std::move(inner.optimizer_weights);
  out.unread = std::move(inner.unread);
  out.entries.insert(out.entries.end(), inner.entries.begin(), inner.entries.end());
  out.faults.insert(out.faults.end(), inner.faults.begin(), inner.faults.end());
}

void note_members(const ZipArchive& archive, ModelFile& out) {
  std::set<std::string> met;
  for (const ZipMember& member : archive.members()) {
    if (!met.insert(member.name).second) {
      out.faults.push_back({kDuplicateName, member.name,
                            "the archive has the member " + member.name + " more than once"});
    }
    if (member.name == kMetadata || member.name == kConfig || member.name == kWeights) continue;
    if (!member.name.ends_with('/')) out.entries.push_back({member.name, member.size});
  }
}

class KerasReader final : public FormatReader {
 public:
  std::string name() const override { return "Keras archive"; }
  Match probe(const std::string& path) const override {
    try {
      return is_zip(map_file(path)) ? Match::kYes : Match::kNo;
    } catch (const InputError&) {
      return Match::kNo;
    }
  }
  ModelFile read(const std::string& path) const override {
    const ZipArchive archive(map_file(path), path);
    ModelFile out;
    out.format = name();
    out.metadata = json_member(archive, kMetadata, path, out.faults);
    out.keras_version = text_field(out.metadata, "keras_version");
    out.config = json_member(archive, kConfig, path, out.faults);
    if (out.config.is_object() && out.config.contains("compile_config")) {
      out.compile_config = out.config["compile_config"];
    }
    note_members(archive, out);
    read_weights(archive, path, out);
    return out;
  }
};

const ReaderRegistrar registrar{std::make_unique<KerasReader>()};

}  // namespace
}  // namespace kerasan::formats
