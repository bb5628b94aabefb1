// Reads a trace, finished or growing, into a session and makes the report of it.
#pragma once

#include <functional>
#include <string>

#include "checks/performance.h"
#include "checks/session.h"
#include "cli/options.h"
#include "cli/run_facts.h"
#include "report/collector.h"
#include "report/report.h"
#include "trace/reader.h"

namespace kerasan::cli {

class Judge {
 public:
  explicit Judge(trace::TraceReader reader);
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  // Judges what is there now, until `stop` says so; false when it stopped for that reason.
  // Throws InputError if this is no trace.
  bool drain(const std::function<bool()>& stop);
  // Nothing more will be written: judges the rest and closes the accounts.
  void finish(const std::function<bool()>& stop);
  // Something besides the trace says that the recording is not whole.
  void lost(const std::string& reason) { sessions_.lost(reason); }
  const checks::KeptSaves& saves() const { return sessions_.saves(); }
  // Against the figures of an earlier run of the same program; after `finish`.
  void compare_with(const model::Json& baseline);
  // A JSON value {"$tensor": digest}; nullopt for anything else or if lost.
  std::optional<Tensor> tensor(const model::Json& value);
  report::Report report(std::vector<report::Suppression> suppressions) const;

 private:
  void note_loss();
  std::string nothing_checked() const;

  trace::TraceReader reader_;
  report::Collector collector_;
  checks::Sessions sessions_;
  RunFacts facts_;
  checks::Performance performance_;
};

// Prints to stderr, writes the JSON, gives the exit status.
int tell(const report::Report& report, const ReportOptions& options);
std::vector<report::Suppression> load_suppressions(const ReportOptions& options);

}  // namespace kerasan::cli
