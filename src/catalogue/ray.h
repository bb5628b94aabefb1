// The lab on a Ray cluster: each bug is one task, run by this same program on a worker.
#pragma once

#include "catalogue/lab.h"

namespace kerasan::catalogue {

// Throws InputError where Ray cannot be used. Every worker needs this checkout at the same path.
Scoreboard run_with_ray(const LabOptions& options, const std::vector<Bug>& bugs);

}  // namespace kerasan::catalogue
