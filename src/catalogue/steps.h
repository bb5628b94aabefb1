// Which batch a finding is about: the trace numbers steps through the whole run.
#pragma once

#include <filesystem>
#include <vector>

#include "catalogue/verdict.h"

namespace kerasan::catalogue {

// Sets each finding's `batch` from its `step`; none where the trace does not tell.
void number_steps(const std::filesystem::path& trace, std::vector<Heard>& findings);

}  // namespace kerasan::catalogue
