// Feeds events to the run and to every rule; nothing a rule throws gets out.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "checks/kept_saves.h"
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

 private:
  bool take(const model::Event& event);
  void note_gap(const model::Event& event);

  model::Run run_;
  Verdicts& verdicts_;
  std::vector<std::unique_ptr<Rule>> rules_;
};

// One session for each process of the program: ids are unique within a process only, and what
// one process does says nothing about another.
class Sessions {
 public:
  using Rules = std::vector<std::unique_ptr<Rule>>;
  Sessions(model::TensorLookup lookup, Verdicts& verdicts,
           std::function<Rules()> rules = make_rules);

  void feed(const model::Event& event);
  void lost(const std::string& reason, std::uint64_t count = 1);
  void finish();

  // What may be loaded again in a fresh process.
  const KeptSaves& saves() const { return saves_; }

  bool probe_started() const { return probe_started_; }
  bool framework_seen() const { return environment_.is_object(); }
  // The program's first process was recorded to its end.
  bool first_ended() const { return first_ended_; }
  // The first `framework` event, with "python" of the process that met it; or null.
  const model::Json& environment() const { return environment_; }

 private:
  // Processes followed at once; with more, the one that was first met is closed.
  static constexpr std::size_t kMaxLive = 64;
  struct Process {
    std::int64_t pid;
    std::unique_ptr<Verdicts> told;  // of a process that loads what another one saved
    std::unique_ptr<Session> session;
  };
  bool loads_again(std::int64_t pid) const;
  Process begin(const model::Event& event);
  Session& session_of(const model::Event& event);
  void close(std::list<Process>::iterator process);
  void note(const model::Event& event, const Session& session);
  void note_arithmetic(const model::Json& body);

  model::TensorLookup lookup_;
  Verdicts& verdicts_;
  std::function<Rules()> rules_;
  std::list<Process> live_;
  KeptSaves saves_;
  std::int64_t first_pid_ = 0;
  bool probe_started_ = false;
  bool first_ended_ = false;
  model::Json environment_;
};

}  // namespace kerasan::checks
