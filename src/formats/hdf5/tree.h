// The groups, datasets and attributes of an HDF5 file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "formats/model_file.h"

namespace kerasan::formats {

struct H5Dataset {
  std::string dtype_text;
  std::optional<DType> dtype;
  Shape shape;
  Bytes bytes;         // empty where `unread` is not
  std::string unread;  // why the values were not read; empty: they were
  std::map<std::string, Json> attributes;
};

struct H5Group {
  std::map<std::string, Json> attributes;  // texts, numbers, and lists of them; null: not readable
  std::map<std::string, H5Group> groups;
  std::map<std::string, H5Dataset> datasets;
  std::vector<std::string> links;  // soft, external and cyclic ones: none is followed

  const H5Group* group(const std::string& name) const;
  // By a path of names between slashes.
  const H5Dataset* dataset(const std::string& path) const;
  // An attribute, also one that is cut in pieces: "layer_names0", "layer_names1", ...
  Json attribute(const std::string& name) const;
  std::string text(const std::string& name) const;  // empty where it is no text
};

bool is_hdf5(const Bytes& file);
// `what` names the file in errors. Values that lie in one piece stay where they are in `file`.
// Throws InputError.
H5Group read_hdf5(const Bytes& file, const std::string& what);

}  // namespace kerasan::formats
