// What a saved model predicts, by the reference.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "checks/file_difference.h"
#include "checks/saved_model.h"
#include "reference/bounded.h"

namespace kerasan::checks {

using NamedArrays = std::vector<std::pair<std::string, Tensor>>;

struct Prediction {
  std::vector<reference::Bounded> outputs;
  std::string unknown;  // why there are none
};

// Arrays are taken by the names of the model's inputs or, where none has such a name and there are
// as many, in order. Throws InputError where they do not fit.
Prediction predict(const SavedModel& model, const NamedArrays& arrays);

// Differences beyond what the two bounds allow, as part "predictions".
void compare_predictions(const SavedModel& first, const SavedModel& second,
                         const NamedArrays& arrays, FileDifferences& out);

}  // namespace kerasan::checks
