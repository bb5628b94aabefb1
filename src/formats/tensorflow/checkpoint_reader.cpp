// TensorFlow checkpoints: a prefix, its .index file, or a folder with a `checkpoint` file that
// names the latest.
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "formats/reader.h"
#include "formats/tensorflow/bundle_weights.h"
#include "formats/tensorflow/checkpoint.h"
#include "formats/tensorflow/table.h"

namespace kerasan::formats::tensorflow {
namespace {

namespace fs = std::filesystem;

class CheckpointReader : public FormatReader {
 public:
  std::string name() const override { return "TensorFlow checkpoint"; }

  Match probe(const std::string& path) const override {
    if (ends_in_table(path + ".index")) return Match::kYes;
    if (path.ends_with(".index")) return ends_in_table(path) ? Match::kYes : Match::kNo;
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      return fs::path(path).filename() == "checkpoint" && latest_checkpoint(path) ? Match::kYes
                                                                                  : Match::kNo;
    }
    if (fs::exists(fs::path(path) / "saved_model.pb", error)) return Match::kNo;
    return latest_checkpoint((fs::path(path) / "checkpoint").string()) ? Match::kYes : Match::kNo;
  }

  ModelFile read(const std::string& path) const override {
    try {
      return read_checkpoint(prefix_of(path));
    } catch (const InputError& error) {
      const std::string what = error.what();
      throw InputError(what.starts_with(path) ? what : path + ": " + what);
    }
  }

 private:
  static bool ends_in_table(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    char tail[48];
    return file.seekg(-48, std::ios::end) && file.read(tail, sizeof tail) &&
           is_table({tail, sizeof tail});
  }

  static std::string prefix_of(const std::string& path) {
    std::error_code error;
    if (fs::exists(path + ".index", error)) return path;
    if (path.ends_with(".index")) return path.substr(0, path.size() - 6);
    const fs::path state =
        fs::is_directory(path, error) ? fs::path(path) / "checkpoint" : fs::path(path);
    const auto latest = latest_checkpoint(state.string());
    if (!latest) throw InputError(path + ": names no checkpoint");
    return *latest;
  }
};

const ReaderRegistrar registrar{std::make_unique<CheckpointReader>()};

}  // namespace
}  // namespace kerasan::formats::tensorflow
