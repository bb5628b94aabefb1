// HDF5 files of every Keras generation: whole models, and weights alone.
#include "formats/hdf5/hdf5_reader.h"

#include "base/error.h"
#include "formats/hdf5/layout.h"
#include "formats/reader.h"
#include "formats/strict_json.h"

namespace kerasan::formats {
namespace {

Json json_attribute(const H5Group& root, const char* name, ModelFile& out) {
  const Json value = root.attribute(name);
  if (value.is_null()) return nullptr;
  // Some releases cut a long text in pieces, as a list.
  std::string text;
  if (value.is_string()) text = value.get<std::string>();
  if (value.is_array()) {
    for (const Json& piece : value) text += piece.is_string() ? piece.get<std::string>() : "";
  }
  return parse_json(text, std::string("the attribute ") + name, out.faults);
}

void read_texts(const H5Group& group, ModelFile& out) {
  if (out.keras_version.empty()) out.keras_version = group.text("keras_version");
  if (out.framework.empty()) out.framework = group.text("backend");
}

void read_weights(const H5Group& root, ModelFile& out) {
  const H5Group* model = root.group("model_weights");
  if (model != nullptr && !model->attribute("layer_names").is_null()) {
    read_texts(*model, out);
    read_listed_layers(*model, "model_weights/", out);
  } else if (!root.attribute("layer_names").is_null()) {
    read_listed_layers(root, "", out);
  } else if (!root.attribute("nb_layers").is_null()) {
    read_numbered_layers(root, out);
  } else if (has_nested_layout(root)) {
    read_nested_layers(root, out);
  }
  if (const H5Group* optimizer = root.group("optimizer_weights")) {
    read_listed_optimizer(*optimizer, "optimizer_weights/", out);
  }
}

class Hdf5Reader final : public FormatReader {
 public:
  std::string name() const override { return "HDF5"; }
  Match probe(const std::string& path) const override {
    try {
      return is_hdf5(map_file(path)) ? Match::kYes : Match::kNo;
    } catch (const InputError&) {
      return Match::kNo;
    }
  }
  ModelFile read(const std::string& path) const override {
    ModelFile out = read_hdf5_model(map_file(path), path);
    if (out.config.is_null() && !out.holds_weights) {
      throw InputError(path + ": an HDF5 file, but neither a model nor weights of Keras");
    }
    return out;
  }
};

const ReaderRegistrar registrar{std::make_unique<Hdf5Reader>()};

}  // namespace

ModelFile read_hdf5_model(const Bytes& bytes, const std::string& what, const Json& config) {
  const H5Group root = read_hdf5(bytes, what);
  ModelFile out;
  out.format = "HDF5";
  try {
    read_texts(root, out);
    out.config = json_attribute(root, "model_config", out);
    out.compile_config = json_attribute(root, "training_config", out);
  } catch (const InputError& error) {
    throw InputError(what + ": " + error.what());
  }
  if (out.config.is_null()) out.config = config;
  read_weights(root, out);
  note_links(root, "", out);
  return out;
}

}  // namespace kerasan::formats
