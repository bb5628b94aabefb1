// Which batch a finding is about: the trace numbers steps through the whole run.
#pragma once

#include <filesystem>
#include <vector>

#include "catalogue/verdict.h"

namespace kerasan::catalogue {

// Each finding's `step` becomes the batch of its call, from 1; none where the trace does not tell.
void number_steps(const std::filesystem::path& trace, std::vector<Heard>& findings);

}  // namespace kerasan::catalogue
