// kerasan bugs run and check: the lab and its scoreboard.
#pragma once

#include "cli/command.h"

namespace kerasan::cli {

void add_bugs_run(CLI::App& bugs, std::vector<std::pair<CLI::App*, Action>>& actions);

}  // namespace kerasan::cli
