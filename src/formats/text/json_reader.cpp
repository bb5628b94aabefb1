// The config of a model as JSON: what to_json() gives.
#include "base/error.h"
#include "formats/layer_keys.h"
#include "formats/reader.h"
#include "formats/strict_json.h"

namespace kerasan::formats {
namespace {

class JsonReader final : public FormatReader {
 public:
  std::string name() const override { return "JSON"; }
  Match probe(const std::string& path) const override {
    try {
      const Bytes bytes = map_file(path);
      const std::string_view text = bytes.text();
      const std::size_t first = text.find_first_not_of(" \t\r\n");
      return first != std::string_view::npos && text[first] == '{' ? Match::kYes : Match::kNo;
    } catch (const InputError&) {
      return Match::kNo;
    }
  }
  ModelFile read(const std::string& path) const override {
    ModelFile out;
    out.format = name();
    const Bytes bytes = map_file(path);
    try {
      out.config = parse_json(bytes.text(), "the config", out.faults);
    } catch (const InputError& error) {
      throw InputError(path + ": " + error.what());
    }
    if (text_field(out.config, "class_name").empty()) {
      throw InputError(path + ": JSON, but no config of a Keras model: it has no class_name");
    }
    out.keras_version = text_field(out.config, "keras_version");
    out.framework = text_field(out.config, "backend");
    return out;
  }
};

const ReaderRegistrar registrar{std::make_unique<JsonReader>()};

}  // namespace
}  // namespace kerasan::formats
