// Indices as the layers of categories put them out.
#pragma once

#include <string>

#include "reference/ops/config.h"

namespace kerasan::reference {

// Every number of a list or an array in the config, in order; empty where absent or null.
std::vector<double> get_numbers(const Json& config, std::string_view key);

// Indices in one of the documented output modes: "int"; "one_hot": an axis of `depth`, in place of
// a last axis of size 1; "multi_hot" and "count": the last axis becomes one of `depth`. Index -1
// counts nowhere. `weights`: what "count" adds for each index, 1 where null.
Bounded encode(const Bounded& indices, std::int64_t depth, const std::string& mode,
               const Bounded* weights);

}  // namespace kerasan::reference
