#include "cli/file_text.h"

#include <algorithm>
#include <iomanip>
#include <set>

#include "formats/layer_keys.h"

namespace kerasan::cli {
namespace {

using checks::SavedLayer;
using checks::SavedModel;
using formats::Weight;

// What a file says must not steer the user's terminal.
std::string clean(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text.size() > 100 ? text.substr(0, 97) + "..." : text;
}

std::uint64_t elements(const std::vector<const Weight*>& weights) {
  std::uint64_t sum = 0;
  for (const Weight* weight : weights) sum += element_count(weight->shape);
  return sum;
}

std::uint64_t bytes(const std::vector<Weight>& weights) {
  std::uint64_t sum = 0;
  for (const Weight& weight : weights) sum += weight.bytes.size();
  return sum;
}

// Whether a config holds code at any depth: a Lambda in a wrapper, a function in place of a name.
bool holds_code(const model::Json& config) {
  if (!config.is_structured()) return false;
  const std::string class_name = formats::text_field(config, "class_name");
  if (class_name == "Lambda" || class_name == "__lambda__") return true;
  return std::any_of(config.begin(), config.end(), holds_code);
}

// Classes that are not of Keras, as the file tells; Lambda is Keras's, its code is not.
std::set<std::string> custom_classes(const SavedModel& model) {
  std::set<std::string> names;
  for (const SavedLayer& layer : model.layers) {
    if (!layer.builtin) names.insert(layer.class_name);
  }
  if (holds_code(model.file.config)) names.insert("Lambda (its code is never carried out)");
  return names;
}

void print_layer(std::ostream& out, const SavedLayer& layer) {
  std::string shape = "?";
  if (layer.shapes.shapes && layer.shapes.shapes->outputs.size() == 1 &&
      layer.shapes.shapes->outputs.front()) {
    shape = checks::dims_text(*layer.shapes.shapes->outputs.front());
  }
  out << "  " << std::left << std::setw(32) << clean(layer.path) << " " << std::setw(24)
      << clean(layer.class_name) << " " << std::setw(18) << shape << " " << std::right
      << std::setw(10) << elements(layer.weights) << (layer.trainable ? "" : "  frozen") << "\n";
}

}  // namespace

void print_structure(std::ostream& out, const SavedModel& model) {
  const formats::ModelFile& file = model.file;
  out << clean(file.path) << ": " << file.format;
  if (!file.keras_version.empty()) out << ", Keras " << clean(file.keras_version);
  if (!file.framework.empty()) out << " on " << clean(file.framework);
  out << "\n";
  if (!model.unknown.empty()) out << "layers not known: " << clean(model.unknown) << "\n";
  for (const SavedLayer& layer : model.layers) print_layer(out, layer);
  if (model.layers.empty()) {
    for (const Weight& weight : file.weights) {
      out << "  " << clean(weight.path) << " " << clean(weight.dtype_text) << " "
          << shape_text(weight.shape) << "\n";
    }
  }
  out << file.weights.size() << " weights, " << bytes(file.weights) << " bytes; "
      << file.optimizer_weights.size() << " of the optimizer; "
      << (file.compile_config.is_null() ? "not compiled" : "compiled") << "\n";
  for (const std::string& name : custom_classes(model)) {
    out << "custom: " << clean(name) << "\n";
  }
  for (const formats::Entry& entry : file.entries) {
    out << "also in the file: " << clean(entry.name) << " (" << entry.size << " bytes)\n";
  }
}

model::Json structure_json(const SavedModel& model) {
  using formats::Json;
  const formats::ModelFile& file = model.file;
  Json layers = Json::array(), weights = Json::array(), others = Json::array();
  for (const SavedLayer& layer : model.layers) {
    layers.push_back({{"name", layer.path},
                      {"class", layer.class_name},
                      {"custom", !layer.builtin},
                      {"trainable", layer.trainable},
                      {"weights", layer.weights.size()}});
  }
  for (const Weight& weight : file.weights) {
    weights.push_back({{"path", weight.path},
                       {"layer", weight.layer},
                       {"dtype", weight.dtype_text},
                       {"shape", weight.shape}});
  }
  for (const formats::Entry& entry : file.entries) others.push_back(entry.name);
  return {{"path", file.path},
          {"format", file.format},
          {"layout", file.layout},
          {"keras_version", file.keras_version},
          {"backend", file.framework},
          {"compiled", !file.compile_config.is_null()},
          {"layers", layers},
          {"weights", weights},
          {"optimizer_weights", file.optimizer_weights.size()},
          {"other_entries", others},
          {"custom", custom_classes(model)}};
}

}  // namespace kerasan::cli
