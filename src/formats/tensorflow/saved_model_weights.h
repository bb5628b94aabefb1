// The variables of a SavedModel: what the objects declare, and what the checkpoint in it holds.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "formats/tensorflow/bundle_weights.h"
#include "formats/tensorflow/keras_metadata.h"
#include "formats/tensorflow/saved_model.h"

namespace kerasan::formats::tensorflow {

// For each object of the SavedModel the one of its checkpoint with the same place below the root.
std::vector<std::optional<std::size_t>> pair_objects(const ObjectGraph& saved,
                                                     const ObjectGraph& stored);

// Weights, optimizer state and faults of a SavedModel with objects.
void add_saved_objects(BundleWeights& weights, const TensorBundle& bundle, const ObjectGraph& saved,
                       const LayerMarks& layers, ModelFile& file);
// Of one without, as TensorFlow 1 writes it: variables by name, flags from the collections.
void add_listed_variables(BundleWeights& weights, const TensorBundle& bundle,
                          const MetaGraph& graph, ModelFile& file);

}  // namespace kerasan::formats::tensorflow
