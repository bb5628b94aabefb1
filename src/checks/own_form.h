// Layers whose weights a file holds in another form than the model.
#pragma once

#include <string>

#include "model/run.h"

namespace kerasan::checks {

// Of a `model` event. Why the arrays of a saved model are not those of its weights, or empty: a
// pair of low-rank matrices may be added to the matrix beside it when it is saved.
std::string merged_when_saved(const model::Json& model);
// Why the arrays of a layer may lie in a file in another order than in the layer, or empty: that of
// a quantised one is its own.
std::string reordered_when_saved(const model::Json& model);

}  // namespace kerasan::checks
