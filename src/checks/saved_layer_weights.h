// The saved weights of each layer, also where the file lists those of a model inside in one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checks/saved_model.h"

namespace kerasan::checks {

// By the path of a layer that is no model, in the order of its shapes: trainable ones first. Where
// the order is not known the layer is missing.
std::map<std::string, std::vector<const formats::Weight*>> weights_by_layer(
    const SavedModel& model);

// Layers that are no models, in the order of the config, those of a model inside in its place.
std::vector<const SavedLayer*> layers_in_order(const SavedModel& model);

// Files that list the weights of outer layers only.
bool is_flat(const SavedModel& model);

}  // namespace kerasan::checks
