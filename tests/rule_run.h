// Runs one rule over hand-made events.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checks/rule.h"

namespace kerasan::testing {

struct Outcome : checks::Verdicts {
  std::uint64_t agreed = 0, skipped = 0;
  std::vector<checks::Finding> findings;
  void agrees(const std::string&, std::uint64_t count) override { agreed += count; }
  void disagrees(checks::Finding finding) override { findings.push_back(std::move(finding)); }
  void not_checked(const std::string&, const std::string&, std::uint64_t count) override {
    skipped += count;
  }
};

// Each event is an object with "kind"; pid 1.
inline Outcome run_rule(const std::string& name, const std::vector<model::Json>& events) {
  Outcome outcome;
  model::Run run{nullptr};
  for (auto& rule : checks::make_rules()) {
    if (rule->info().name != name) continue;
    for (const model::Json& body : events) {
      const model::Event event{body.at("kind"), 0, 1, body};
      run.apply(event);
      rule->on_event(event, run, outcome);
    }
    rule->finish(run, outcome);
  }
  return outcome;
}

}  // namespace kerasan::testing
