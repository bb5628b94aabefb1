// The text form of a trace: one JSON object a line, for reading, diffing and tests.
#pragma once

#include <istream>
#include <ostream>
#include <string>

#include "trace/loss.h"

namespace kerasan::trace {

// Writes every whole frame of the trace as a line. The JSON of a frame is kept as written, so
// from_text gives the very bytes back (without what is counted as lost).
Loss to_text(const std::string& trace_path, std::ostream& out);
// Throws InputError naming the line.
void from_text(std::istream& in, std::ostream& out);

}  // namespace kerasan::trace
