// Feeds events to the run and to every rule; nothing a rule throws gets out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "checks/rule.h"

namespace kerasan::checks {

class Session {
 public:
  Session(model::TensorLookup lookup, Verdicts& verdicts,
          std::vector<std::unique_ptr<Rule>> rules = make_rules());

  void feed(const model::Event& event);
  // Part of the trace that could not be read; counted in the coverage.
  void lost(const std::string& reason, std::uint64_t count = 1);
  // After the last event; once.
  void finish();

  const model::Run& run() const { return run_; }
  // A probe started and it met a framework: without both nothing was observed.
  bool probe_started() const { return probe_started_; }
  bool framework_seen() const { return framework_seen_; }
  bool probe_ended() const { return probe_ended_; }
  std::uint64_t events() const { return events_; }

 private:
  bool take(const model::Event& event);
  void note_gap(const model::Event& event);

  model::Run run_;
  Verdicts& verdicts_;
  std::vector<std::unique_ptr<Rule>> rules_;
  bool probe_started_ = false;
  bool framework_seen_ = false;
  bool probe_ended_ = false;
  std::uint64_t events_ = 0;
};

}  // namespace kerasan::checks
