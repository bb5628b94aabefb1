// kerasan check: judges a recorded trace.
#include "base/error.h"
#include "cli/judge.h"
#include "report/json.h"

namespace kerasan::cli {

int check_command(const CheckOptions& options) {
  std::vector<report::Suppression> suppressions = load_suppressions(options.report);
  report::require_writable(options.report.json);
  Judge judge(trace::TraceReader::open(options.trace));
  judge.finish([] { return false; });
  report::Report report = judge.report(std::move(suppressions));
  report.from_trace = true;
  return tell(report, options.report);
}

}  // namespace kerasan::cli
