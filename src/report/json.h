// The report for scripts: the contract of docs/cli.md, "schema" 1.
#pragma once

#include <string>

#include "report/report.h"

namespace kerasan::report {

model::Json to_json(const Report& report);
// "-" is stdout. Throws InputError naming the path and what went wrong.
void write_json(const Report& report, const std::string& path);
// Fails early, before a long run, when the path cannot be written. Truncates nothing.
void require_writable(const std::string& path);

}  // namespace kerasan::report
