// The stages of a replication package.
#pragma once

#include "study/analysis/stages.h"
#include "study/import/package.h"

namespace kerasan::study {

// Inclusion, impact and root cause: those with independent ratings on one scale.
std::vector<StageRatings> package_stages(const Package& package);

}  // namespace kerasan::study
