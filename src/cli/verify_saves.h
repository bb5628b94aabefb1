// Loads what a program saved in fresh processes of its own interpreter, after the program ended.
#pragma once

#include <string>

#include "cli/judge.h"

namespace kerasan::cli {

// The processes append to the trace; the judge reads what they recorded. Bounded in files and time;
// stops when the analysis is interrupted.
void verify_saves(Judge& judge, const RunOptions& options, const std::string& probe,
                  const std::string& trace);

}  // namespace kerasan::cli
