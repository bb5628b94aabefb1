#include "report/report.h"

#include <algorithm>
#include <cstring>

namespace kerasan::report {

Report make_report(const Collector& collector, std::vector<Suppression> suppressions) {
  Report report;
  Split split = apply_suppressions(collector.findings(), suppressions);
  report.findings = std::move(split.shown);
  report.suppressed = std::move(split.suppressed);
  report.suppressions = std::move(suppressions);
  report.omitted = collector.omitted();
  report.agreed = collector.agreed();
  report.disagreed = collector.disagreed();
  report.not_checked = collector.not_checked_total();
  report.gaps = collector.gaps();
  report.rules = collector.rules();
  report.tightness = collector.tightness();
  return report;
}

std::string_view impact_words(int impact) {
  switch (impact) {
    case 1:
      return "a user-interface element is affected";
    case 2:
      return "information about the model is affected";
    case 3:
      return "part of the model's operation is altered";
    case 4:
      return "the model's result changes";
    default:
      return "unknown";
  }
}

int exit_status(const Report& report, int fail_on) {
  if (report.program.failed() && !report.from_trace) return kProgramFailed;
  const bool grave = std::any_of(report.findings.begin(), report.findings.end(),
                                 [&](const auto& f) { return f.finding.impact >= fail_on; });
  if (grave) return kFindings;
  return report.nothing_checked.empty() ? kNoFinding : kCannot;
}

std::string program_words(const ProgramEnd& program) {
  if (program.signal) {
    return "program was killed by signal " + std::to_string(*program.signal) + " (" +
           strsignal(*program.signal) + ")";
  }
  if (program.exit) return "program exited with status " + std::to_string(*program.exit);
  return {};
}

}  // namespace kerasan::report
