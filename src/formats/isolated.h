// Work on untrusted bytes in a process of its own: what crashes or hangs there ends there.
#pragma once

#include <functional>
#include <string>

#include "formats/model_file.h"

namespace kerasan::formats {

// Runs `work` in a fork of this process and gives back what it returned. Throws InputError, which
// begins with `what`, when `work` throws, crashes, or takes more than `cpu_seconds`.
Json in_own_process(const std::function<Json()>& work, const std::string& what,
                    unsigned cpu_seconds);

}  // namespace kerasan::formats
