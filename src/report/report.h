// What a user is told, as data; terminal and JSON print it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/collector.h"
#include "report/suppress.h"

namespace kerasan::report {

// How the program ended: exactly one of the two, or neither (judged from a trace).
struct ProgramEnd {
  std::optional<int> exit;
  std::optional<int> signal;
  bool failed() const { return signal.has_value() || exit.value_or(0) != 0; }
};

// How much was looked at and what that took; zero where the trace does not tell.
struct Watching {
  std::uint64_t steps_seen = 0;
  std::uint64_t steps_recorded = 0;
  double probe_seconds = 0;
  double elapsed = 0;  // of the processes that told their probe_seconds
};

struct Report {
  std::vector<ReportedFinding> findings;
  std::vector<ReportedFinding> suppressed;
  std::vector<Suppression> suppressions;
  std::uint64_t omitted = 0;
  std::uint64_t agreed = 0;
  std::uint64_t disagreed = 0;
  std::uint64_t not_checked = 0;
  std::vector<Gap> gaps;
  std::map<std::string, RuleCoverage> rules;
  Collector::Tightnesses tightness;
  ProgramEnd program;
  bool from_trace = false;  // the program's failure is told and is not this command's
  Watching watching;
  model::Json environment = model::Json::object();
  model::Json performance;      // figures of the run; null where there are none
  std::string nothing_checked;  // why nothing at all could be checked; empty: something was
  std::uint64_t checked() const { return agreed + disagreed; }
};

Report make_report(const Collector& collector, std::vector<Suppression> suppressions);

// The words of the study's threat scale.
std::string_view impact_words(int impact);

enum ExitStatus { kNoFinding = 0, kFindings = 1, kCannot = 2, kProgramFailed = 3 };
// A failed program is told first, then the findings, then that nothing could be checked.
int exit_status(const Report& report, int fail_on);
// "program exited with status 7", "program was killed by signal 9 (Killed)".
std::string program_words(const ProgramEnd& program);

}  // namespace kerasan::report
