// What the trace tells of the run as a whole: steps, the probe's own time, the program's end.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "model/run.h"
#include "report/report.h"

namespace kerasan::cli {

class RunFacts {
 public:
  // True when the event was for this alone and no rule need see it.
  bool take(const model::Event& event);
  // A process that Kerasan itself started to load a saved file.
  bool verifies(std::int64_t pid) const { return verifiers_.contains(pid); }
  report::Watching watching() const;
  const report::ProgramEnd& program() const { return program_; }

 private:
  // Of one process. A killed one has no `end`; its ended loops still tell their steps.
  struct Process {
    std::uint64_t seen = 0;
    std::uint64_t recorded = 0;
  };
  void take_end(const model::Event& event);

  // Processes beyond this number are no longer told apart.
  static constexpr std::size_t kMaxProcesses = 1000;
  Process& process(std::int64_t pid);

  std::map<std::int64_t, Process> processes_;
  std::set<std::int64_t> verifiers_;
  double probe_seconds_ = 0;
  double elapsed_ = 0;
  report::ProgramEnd program_;
};

}  // namespace kerasan::cli
