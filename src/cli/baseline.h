// The figures of an earlier run of the same program.
#pragma once

#include "cli/options.h"
#include "model/run.h"

namespace kerasan::cli {

// null where none is asked for. Throws InputError naming the file when it is no report, or one of
// another program.
model::Json read_baseline(const RunOptions& options);

}  // namespace kerasan::cli
