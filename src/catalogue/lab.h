// Runs the programs of the catalogue on real releases.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/child.h"
#include "catalogue/environments.h"
#include "catalogue/scoreboard.h"
#include "catalogue/store.h"

namespace kerasan::catalogue {

struct LabOptions {
  std::filesystem::path kerasan;       // the engine itself
  std::filesystem::path probe;         // what `kerasan run` loads into a program
  std::filesystem::path root;          // holds dev and tools/environments.txt
  std::filesystem::path environments;  // where ./dev env makes them
  std::filesystem::path results;
  unsigned jobs = 1;
  bool fresh = false;  // nothing seen before is used
  double limit = 240;  // seconds of one program
  std::function<bool()> stop;
  std::function<void(const std::string&)> say;  // progress; called by one thread at a time
};

// Digest of what a row of the scoreboard depends on: the bug's programs and those facts that it
// uses.
std::string digest_of(const Bug& bug);

// Each step (a witness, a watched program, a judgement) is kept as soon as it is done, and is
// done again only when the program, the environment or, for a judgement, the engine has changed.
class Lab {
 public:
  explicit Lab(LabOptions options);
  // Of the bugs that were finished before a stop.
  Scoreboard run(const std::vector<Bug>& bugs);

 private:
  struct Watched {  // a program that was run under Kerasan
    std::string trouble;
    double seconds = 0;
    nlohmann::json report;  // null: none was written
  };

  Row run_bug(const Bug& bug);
  Side run_side(const Bug& bug, const Release& release);
  void run_witness(const Bug& bug, const Release& release, Side& side);
  void run_program(const Bug& bug, const Release& release, Side& side);
  Watched watch(const Bug& bug, const Release& release, const std::string& name);
  nlohmann::json check(const std::string& name);
  ChildEnd start(Child child) const;
  std::string key(const Bug& bug, const Release& release, const char* what) const;
  std::optional<nlohmann::json> seen(const std::string& name) const;

  LabOptions options_;
  Store store_;
  Environments environments_;
  std::string probe_digest_;
  std::string engine_digest_;
};

}  // namespace kerasan::catalogue
