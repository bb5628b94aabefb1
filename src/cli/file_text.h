// The structure of a saved file, for people and for scripts.
#pragma once

#include <ostream>

#include "checks/saved_model.h"

namespace kerasan::cli {

void print_structure(std::ostream& out, const checks::SavedModel& model);
model::Json structure_json(const checks::SavedModel& model);

}  // namespace kerasan::cli
