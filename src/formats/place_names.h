// Weights that a file tells by the place of their layer alone, with the names of a config.
#pragma once

#include <string>

#include "formats/model_file.h"

namespace kerasan::formats {

// Gives each weight the layer ("outer/inner") and the name inside it ("cell/kernel") that its place
// stands for in the config of a model: the number of the layer in a checkpoint
// ("layer-2/cell/kernel", "_operations/2/_kernel"), or class and count in nested groups of HDF5
// ("layers/dense_1/vars/0"). Empty: every weight was named. Otherwise why not, and nothing is
// changed.
std::string name_layers(ModelFile& file, const Json& model);

// "layer_with_weights-0", the name beside "layer-2" of one and the same layer, counts other layers
// than the config does.
bool counts_layers_with_weights(std::string_view child);
// "layer-2".
bool counts_layers(std::string_view child);

}  // namespace kerasan::formats
