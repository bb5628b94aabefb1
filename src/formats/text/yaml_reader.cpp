// The config of a model as YAML: what to_yaml() of Keras 1 and 2 gave. Tags that would build Python
// objects are never followed.
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>

#include "base/error.h"
#include "formats/layer_keys.h"
#include "formats/reader.h"
#include "formats/strict_json.h"

namespace kerasan::formats {
namespace {

// What is built takes a hundred times the room of the text.
constexpr std::size_t kMaxText = std::size_t{8} << 20;
// Aliases let a short text stand for an endless one.
constexpr std::size_t kMaxNodes = 1000000;

Json scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;  // quoted
  if (text.empty() || text == "null" || text == "~" || text == "Null" || text == "NULL") return {};
  if (text == "true" || text == "True" || text == "yes") return true;
  if (text == "false" || text == "False" || text == "no") return false;
  std::int64_t whole = 0;
  const char* const end = text.data() + text.size();
  if (const auto [at, error] = std::from_chars(text.data(), end, whole);
      error == std::errc() && at == end) {
    return whole;
  }
  double real = 0;
  if (YAML::convert<double>::decode(node, real)) {
    if (std::isfinite(real)) return real;
    return std::isnan(real) ? "nan" : real > 0 ? "inf" : "-inf";
  }
  return text;
}

class Converter {
 public:
  explicit Converter(ModelFile& out) : out_(out) {}

  Json convert(const YAML::Node& node, int depth) {
    if (depth > kMaxJsonDepth) throw InputError("YAML nested too deep");
    if (++nodes_ > kMaxNodes) throw InputError("YAML with more than 1000000 values");
    note_tag(node.Tag());
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        return scalar(node);
      case YAML::NodeType::Sequence:
        return sequence(node, depth);
      case YAML::NodeType::Map:
        return map(node, depth);
      default:
        return nullptr;
    }
  }

 private:
  void note_tag(const std::string& tag) {
    if (tag.find("python/") == std::string::npos || tag.ends_with("python/tuple")) return;
    out_.unread.push_back("a YAML tag " + tag.substr(0, 100) + ", which is never carried out");
  }

  Json sequence(const YAML::Node& node, int depth) {
    Json list = Json::array();
    for (const auto& item : node) list.push_back(convert(item, depth + 1));
    return list;
  }

  Json map(const YAML::Node& node, int depth) {
    Json object = Json::object();
    for (const auto& pair : node) {
      const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : std::string();
      if (object.contains(key)) {
        out_.faults.push_back(
            {kNotStrictJson, key,
             "the key \"" + key.substr(0, 80) + "\" is there more than once in one object"});
      }
      object[key] = convert(pair.second, depth + 1);
    }
    return object;
  }

  ModelFile& out_;
  std::size_t nodes_ = 0;
};

class YamlReader final : public FormatReader {
 public:
  std::string name() const override { return "YAML"; }
  Match probe(const std::string& path) const override {
    try {
      const Bytes bytes = map_file(path);
      const std::string_view text = bytes.text().substr(0, 4096);
      if (text.find('\0') != std::string_view::npos) return Match::kNo;
      const bool named = path.ends_with(".yaml") || path.ends_with(".yml");
      const bool looks =
          text.starts_with("class_name:") || text.find("\nclass_name:") != std::string_view::npos;
      return named || looks ? Match::kMaybe : Match::kNo;
    } catch (const InputError&) {
      return Match::kNo;
    }
  }
  ModelFile read(const std::string& path) const override {
    const Bytes bytes = map_file(path);
    if (bytes.size() > kMaxText) throw InputError(path + ": YAML of more than 8 MB");
    ModelFile out;
    out.format = name();
    try {
      out.config = Converter(out).convert(YAML::Load(std::string(bytes.text())), 0);
    } catch (const std::exception& error) {
      throw InputError(path + ": " + error.what());
    }
    if (text_field(out.config, "class_name").empty()) {
      throw InputError(path + ": YAML, but no config of a Keras model: it has no class_name");
    }
    out.keras_version = text_field(out.config, "keras_version");
    out.framework = text_field(out.config, "backend");
    return out;
  }
};

const ReaderRegistrar registrar{std::make_unique<YamlReader>()};

}  // namespace
}  // namespace kerasan::formats
