// Which saved weight is which of those that a layer must have.
#pragma once

#include <string>
#include <vector>

#include "checks/saved_model.h"

namespace kerasan::checks {

// What is wrong, in words that follow the name of the layer; empty: nothing.
struct WeightMismatch {
  std::string claimed, expected, message;
};

// `ordered`: the weights come in the order of `expected`, part by part. Otherwise only their number
// and shapes count.
std::vector<WeightMismatch> compare_weights(const std::vector<reference::WeightShape>& expected,
                                            const std::vector<const formats::Weight*>& saved,
                                            bool ordered);

// The file's weights in the order of the expected ones: by name, or by part where it names parts.
std::vector<const formats::Weight*> order_by_part(
    const std::vector<reference::WeightShape>& expected,
    const std::vector<const formats::Weight*>& saved);

// The type of a layer's variables as its config has it; empty where it is not told.
std::string variable_dtype(const SavedLayer& layer);

// Without the states of random generators, which are no weights of a reference.
std::vector<const formats::Weight*> without_seeds(const std::vector<const formats::Weight*>& all);

}  // namespace kerasan::checks
