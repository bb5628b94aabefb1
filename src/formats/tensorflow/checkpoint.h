// A checkpoint with or without an object graph, as a ModelFile.
#pragma once

#include <optional>
#include <string>

#include "formats/model_file.h"
#include "formats/tensorflow/bundle_weights.h"

namespace kerasan::formats::tensorflow {

// Throws InputError when the index or the object graph cannot be used.
ModelFile read_checkpoint(const std::string& prefix);
// Weights, optimizer state and faults, named by the objects in the checkpoint if there are any.
void add_checkpoint_weights(BundleWeights& weights, const TensorBundle& bundle, ModelFile& file);
// The prefix that a `checkpoint` file names as the latest; nullopt where it names none.
std::optional<std::string> latest_checkpoint(const std::string& state_file);

}  // namespace kerasan::formats::tensorflow
