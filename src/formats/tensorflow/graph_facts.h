// What the graphs of a SavedModel do, as data for rules and for people.
#pragma once

#include <vector>

#include "formats/model_file.h"
#include "formats/tensorflow/ownership.h"
#include "formats/tensorflow/saved_model.h"

namespace kerasan::formats::tensorflow {

// {"tensorflow_version", "tags": [[...], ...], "signatures": {name: {"method", "inputs": {name:
// {"dtype", "shape"}}, "outputs"}}, "functions": [{"name", "owner": path of the object that holds
// it, "ops": {type: count}, "calls": [name], "reads": [path of a variable]}]}. Functions are those
// that objects hold, or that these call; "reads" is absent where the file binds nothing.
Json graph_facts(const std::vector<MetaGraph>& graphs, const MetaGraph& graph,
                 const LayerMarks& layers);
// Names that a graph, a function or the library has twice.
void note_graph_faults(const MetaGraph& graph, ModelFile& file);

}  // namespace kerasan::formats::tensorflow
