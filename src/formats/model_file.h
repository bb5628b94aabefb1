// What a saved file of a model holds, whatever its format.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "base/tensor.h"
#include "model/run.h"

namespace kerasan::formats {

using model::Json;

struct Weight {
  std::string path;        // where it lies in the file: "layers/dense/vars/0"
  std::string layer;       // the layer that the file lists it under; empty: none. Inner layers of a
                           // model inside the model: "outer/inner"
  std::string name;        // as the file tells it: "dense/kernel:0", "kernel", "0"
  std::string place;       // where the file tells no names of layers: the way to it from the root
  std::string dtype_text;  // as the file tells it
  std::optional<DType> dtype;  // nullopt: none of Kerasan's; the bytes are then as in the file
  Shape shape;
  Bytes bytes;  // row-major, little-endian; in the mapped file where it lies there in one piece
  std::optional<bool> trainable;  // where the file tells it
};

// Something that is wrong with the file itself, found while reading it. The file could be read
// otherwise.
struct Fault {
  std::string kind;     // one of the words below
  std::string subject;  // what it concerns: a path inside the file, a layer, a JSON key
  std::string message;  // one sentence, complete in itself, without the file's name
};
// Words of Fault::kind. Others may be added; a rule (checks/) reports each.
inline constexpr const char* kNotStrictJson = "not-strict-json";  // NaN, Infinity, duplicate key
inline constexpr const char* kMissingWeight = "missing-weight";   // listed, but not there
inline constexpr const char* kOrphanWeight = "orphan-weight";     // there, but listed nowhere
inline constexpr const char* kDuplicateName = "duplicate-name";
inline constexpr const char* kNotFollowed = "not-followed";  // a link that leaves the file

// A part of the file that is neither of the above: an asset, a vocabulary, a graph.
struct Entry {
  std::string name;
  std::uint64_t size = 0;
};

// One layer as the file lists it, also without weights.
struct ListedLayer {
  std::string name;
  std::vector<std::string> weight_names;  // in order
};

struct ModelFile {
  std::string path;  // as given
  std::string
      format;  // "HDF5", "Keras archive", "SavedModel", "TensorFlow checkpoint", "JSON", ...
  std::string layout;  // what tells the reader of weights how they are named: "keras-2" (lists of
                       // weight names), "keras-3" (nested "vars"), "checkpoint", "" without weights
  std::string keras_version;  // as the file tells it; empty: it does not
  std::string framework;      // "tensorflow", "jax", ... likewise
  Json metadata;              // anything else that the file tells of itself; or null
  Json config;                // {"class_name", "config", ...} of the model; null: not in the file
  Json compile_config;        // training_config or compile_config; null: not in the file
  std::vector<ListedLayer> layers;  // where the file lists them ("keras-2"), else empty
  // Of a checkpoint: how many numbered layers ("layer-2") the object at a place holds.
  std::map<std::string, std::size_t> numbered_layers;
  std::vector<Weight> weights;
  std::vector<Weight> optimizer_weights;
  std::vector<Entry> entries;
  std::vector<Fault> faults;
  // What could not be looked into, one reason each ("string variable x", "compressed member y").
  std::vector<std::string> unread;
  bool holds_weights = false;  // the format has a place for weights, and it is there
};

// Calls `visit` with the values of one stretch after the other, widened to double; no copy of the
// whole. Does nothing for a dtype that is not known.
void for_values(const Weight& weight, const std::function<void(std::span<const double>)>& visit);
// A copy, for the reference. Throws InputError for a dtype that is not known.
Tensor to_tensor(const Weight& weight);

}  // namespace kerasan::formats
