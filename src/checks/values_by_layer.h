// Whether the weights of each layer lie in a saved file under that layer, and under their names.
#pragma once

#include <string>
#include <vector>

#include "formats/model_file.h"
#include "model/run.h"

namespace kerasan::checks {

// Names of the live weights in whose place the file holds something else. `live`: a `model` event
// with `values`. Weights are told apart by their names where the file and the model tell the same
// ones, by their order where the file numbers those of a layer, and else within a layer not at all.
// Layers that the file does not name are left out.
std::vector<std::string> displaced_values(const model::Json& live, formats::ModelFile file);

}  // namespace kerasan::checks
