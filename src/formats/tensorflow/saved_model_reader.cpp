// A SavedModel: a folder with saved_model.pb, variables/ and, from Keras, keras_metadata.pb or
// assets/saved_model.json.
#include <filesystem>

#include "base/error.h"
#include "formats/place_names.h"
#include "formats/reader.h"
#include "formats/strict_json.h"
#include "formats/tensorflow/graph_facts.h"
#include "formats/tensorflow/keras_metadata.h"
#include "formats/tensorflow/saved_model.h"
#include "formats/tensorflow/saved_model_weights.h"

namespace kerasan::formats::tensorflow {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxEntries = 10000;  // files of a folder that are listed

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// Runs `read` on the bytes of a file; what is wrong with them names the file.
template <typename Read>
auto of_file(const fs::path& path, Read read) {
  const Bytes bytes = map_file(path.string());
  try {
    return read(bytes.text());
  } catch (const InputError& error) {
    throw InputError(path.string() + ": " + error.what());
  }
}

KerasMetadata keras_part(const fs::path& folder, const MetaGraph& graph,
                         std::vector<Fault>& faults) {
  const fs::path metadata = folder / "keras_metadata.pb";
  if (is_file(metadata)) {
    return of_file(metadata, [&](std::string_view bytes) {
      return keras_metadata(read_keras_metadata(bytes), faults);
    });
  }
  if (graph.objects) return keras_metadata(nodes_of(*graph.objects), faults);
  return {};
}

void list_files(const fs::path& folder, ModelFile& file) {
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (file.entries.size() >= kMaxEntries) return;
    if (!it->is_regular_file(error)) continue;
    file.entries.push_back({it->path().lexically_relative(folder).string(), it->file_size(error)});
  }
}

void read_json_config(const fs::path& path, ModelFile& file) {
  if (!is_file(path)) return;
  file.config = of_file(path, [&](std::string_view text) {
    return parse_json(text, "assets/saved_model.json", file.faults);
  });
  if (const auto version = file.config.find("keras_version");
      file.config.is_object() && version != file.config.end() && version->is_string()) {
    file.keras_version = version->get<std::string>();
  }
}

void read_variables(const fs::path& folder, const MetaGraph& graph, const LayerMarks& layers,
                    ModelFile& file) {
  const std::string prefix = (folder / "variables" / "variables").string();
  if (!is_file(prefix + ".index")) {
    const bool needs = !graph.variables.empty() ||
                       (graph.objects && std::ranges::any_of(graph.objects->nodes, [](auto& node) {
                          return node.variable.has_value();
                        }));
    if (needs) {
      file.faults.push_back({kMissingFile, "variables/variables.index",
                             "variables/variables.index is not there: no variable has a value"});
    }
    return;
  }
  const TensorBundle bundle = TensorBundle::open(prefix);
  BundleWeights weights(bundle, file);
  if (graph.objects) {
    add_saved_objects(weights, bundle, *graph.objects, layers, file);
  } else {
    add_listed_variables(weights, bundle, graph, file);
  }
}

class SavedModelReader : public FormatReader {
 public:
  std::string name() const override { return "SavedModel"; }

  Match probe(const std::string& path) const override {
    if (fs::path(path).filename() == "saved_model.pb" && is_file(path)) return Match::kYes;
    return is_file(fs::path(path) / "saved_model.pb") ? Match::kYes : Match::kNo;
  }

  ModelFile read(const std::string& path) const override {
    const fs::path folder = is_file(path) ? fs::path(path).parent_path() : fs::path(path);
    ModelFile file;
    file.format = "SavedModel";
    file.layout = "checkpoint";
    file.framework = "tensorflow";
    list_files(folder, file);
    const auto graphs = of_file(folder / "saved_model.pb", read_saved_model);
    const MetaGraph& graph = serving_graph(graphs);
    const KerasMetadata keras = keras_part(folder, graph, file.faults);
    file.config = keras.config;
    file.compile_config = keras.compile_config;
    if (!graph.objects) read_json_config(folder / "assets" / "saved_model.json", file);
    try {
      read_variables(folder, graph, keras.layers, file);
    } catch (const InputError& error) {
      const std::string what = error.what();
      throw InputError(what.starts_with(path) ? what : path + ": " + what);
    }
    // TensorFlow 1 writes the config beside a checkpoint that tells layers by their place.
    if (!graph.objects && !file.config.is_null()) {
      const std::string reason = name_layers(file, file.config);
      if (!reason.empty()) file.unread.push_back(reason);
    }
    file.metadata = graph_facts(graphs, graph, keras.layers);
    note_graph_faults(graph, file);
    return file;
  }
};

const ReaderRegistrar registrar{std::make_unique<SavedModelReader>()};

}  // namespace
}  // namespace kerasan::formats::tensorflow
