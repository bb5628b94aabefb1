// The session of a process that Kerasan started to load what the program had saved.
#pragma once

#include <memory>
#include <vector>

#include "checks/kept_saves.h"
#include "checks/rule.h"

namespace kerasan::checks {

// The field `verifies` of an event `start`: nullptr unless the process was started to load a file.
const model::Json* verifies(const model::Event& start);

// The rules that say something of a reload; the rest would judge what the program did not do.
std::vector<std::unique_ptr<Rule>> reload_rules(std::vector<std::unique_ptr<Rule>> all);

// Passes verdicts on; a finding is told at the place of the program that saved the file.
class FreshVerdicts : public Verdicts {
 public:
  FreshVerdicts(Verdicts& to, const KeptSave* save);
  void agrees(const std::string& rule, std::uint64_t count) override { to_.agrees(rule, count); }
  void disagrees(Finding finding) override;
  void not_checked(const std::string& rule, const std::string& reason,
                   std::uint64_t count) override {
    to_.not_checked(rule, reason, count);
  }

 private:
  Verdicts& to_;
  model::Json where_;
  std::string path_;
};

// The story of the save as if it had happened in the process that loads the file.
std::vector<model::Event> retold(const KeptSaves& kept, const KeptSave& save, std::int64_t pid);

}  // namespace kerasan::checks
