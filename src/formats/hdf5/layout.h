// The ways in which Keras lays out the weights of a model in HDF5. docs/formats.md describes them.
#pragma once

#include <string>

#include "formats/hdf5/tree.h"

namespace kerasan::formats {

// Keras 1.1 to 2: lists of names in attributes. `prefix` is the group's path: "model_weights/".
void read_listed_layers(const H5Group& group, const std::string& prefix, ModelFile& out);
void read_listed_optimizer(const H5Group& group, const std::string& prefix, ModelFile& out);
// Keras before 1.1: groups layer_0, layer_1, ... of datasets param_0, param_1, ...
void read_numbered_layers(const H5Group& group, ModelFile& out);
// Keras 3, and the .keras files of Keras 2.12 on: nested groups, each with numbered "vars". Where
// the file does not name the layers, `out.config` does.
void read_nested_layers(const H5Group& root, ModelFile& out);

// Whether any group in it holds "vars".
bool has_nested_layout(const H5Group& root);
// Links that were not followed, as faults.
void note_links(const H5Group& group, const std::string& prefix, ModelFile& out);
// Adds the dataset to `to`; to `out.unread` and `out.entries` what is no array of numbers.
void add_weight(const H5Dataset& dataset, Weight weight, std::vector<Weight>& to, ModelFile& out);

}  // namespace kerasan::formats
