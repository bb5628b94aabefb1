// Findings that a user has looked at and does not want to hear again.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "report/collector.h"

namespace kerasan::report {

// Empty patterns match everything. Globs as in fnmatch(3); `file` also matches the last
// components of a path ("train.py" matches "/home/me/train.py").
struct Suppression {
  std::string rule;
  std::string file;
  std::string layer;
  std::string reason;
  std::string from;  // "FILE:LINE" of the entry
  std::uint64_t hits = 0;

  bool matches(const checks::Finding& finding) const;
};

// One entry a line: `rule=NAME file=GLOB layer=GLOB reason=TEXT` (reason last, to the end of
// the line) or a JSON object with the same keys. Blank lines and lines from `#` are skipped.
// Throws InputError naming `name` and the line.
std::vector<Suppression> parse_suppressions(std::istream& in, const std::string& name);
std::vector<Suppression> read_suppressions(const std::string& path);

// Moves the findings that an entry matches to `suppressed` and counts the hits.
struct Split {
  std::vector<ReportedFinding> shown;
  std::vector<ReportedFinding> suppressed;
};
Split apply_suppressions(const std::vector<ReportedFinding>& findings,
                         std::vector<Suppression>& suppressions);

}  // namespace kerasan::report
