// Calls of layers that wait for each other.
#pragma once

#include <string>
#include <vector>

#include "checks/saved_model.h"

namespace kerasan::checks {

// The layers of the graph with a call whose inputs follow, over whatever calls, from its own
// result: the calls of one such circle, in its order, or nothing. A layer that is called on what an
// earlier call of it gave is none.
std::vector<std::string> call_cycle(const SavedModel& model, const SavedGraph& graph);

}  // namespace kerasan::checks
