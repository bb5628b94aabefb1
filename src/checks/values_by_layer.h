// Whether the weights of each layer lie in a saved file under that layer, and under their names.
#pragma once

#include <optional>
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

// Names of the optimizer's variables in whose place the file holds something else. `live`: its
// variables as a `model` event tells them, all of which the file holds; nullopt where the order in
// the file is not theirs.
std::optional<std::vector<std::string>> displaced_states(const model::Json& live,
                                                         const formats::ModelFile& file);

}  // namespace kerasan::checks
