// How two snapshots of what should be one model differ, told one by one.
#pragma once

#include <string>
#include <vector>

#include "model/run.h"

namespace kerasan::checks {

struct Difference {
  std::string what;  // "layer \"dense\" is trainable", "config.layers[2].units", ...
  model::Json source, made;
};

// Why two things cannot be compared, or how they differ; neither: they are the same.
struct Differences {
  std::vector<Difference> differences;
  std::string unknown;
};

// Names and classes of the layers, in order, those of models inside among them; inputs are left
// out.
Differences compare_layers(const model::Json& source, const model::Json& made);
// Flags of the layers that are no models, and of their variables.
Differences compare_trainable(const model::Json& source, const model::Json& made);
// Which call of which layer feeds which.
Differences compare_graph(const model::Json& source, const model::Json& made);
// Configurations: tuples are lists, numbers are equal to single precision.
Differences compare_config(const model::Json& source, const model::Json& made);
// Lists of {name, digest, shape, head}, in order.
Differences compare_values(const model::Json& source, const model::Json& made);

}  // namespace kerasan::checks
