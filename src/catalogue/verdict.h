// What the lab saw of one bug, and what follows from it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/bug.h"

namespace kerasan::catalogue {

// A finding of a report, as far as it is told apart from others.
struct Heard {
  std::string rule;
  std::string scenario;
  int impact = 0;
  std::string api;
  std::string layer;
  std::string fingerprint;
  std::optional<int> step;   // as the trace numbers them
  std::optional<int> batch;  // of its call, or of a loop of the program's own; from 1
  // The same rule about the same thing: on two releases, the same finding.
  bool same(const Heard& other) const;
  std::string place() const;  // "Model.fit, layer dense"
};

// One release: what the witness said and what Kerasan reported.
struct Side {
  std::string witness;  // "present", "absent", "cannot tell"; empty: it gave no answer
  std::string trouble;  // why there is less to judge than there should be; empty: nothing missing
  std::vector<Heard> findings;
  double seconds = 0;
};

// A line of the scoreboard.
struct Row {
  int id = 0;
  std::string digest;  // of the facts and programs that it speaks of
  std::string state;   // of the facts
  std::string scenario;
  std::string present;  // releases
  std::string absent;   // empty: none
  std::string witness_present;
  std::string witness_absent;
  bool reproduced = false;             // the witness tells the two releases apart
  std::vector<std::string> rules;      // that heard the defect under the study's scenario
  std::vector<std::string> elsewhere;  // scenarios of what else is heard only with the bug
  std::optional<int> impact;           // that Kerasan computed, and the study's
  std::optional<int> study_impact;
  bool false_alarm = false;             // the same finding in the study's scenario without the bug
  std::vector<std::string> on_healthy;  // every finding on the release without the bug
  std::optional<int> delay;             // steps from the first wrong one to the finding
  std::string trouble;
  double seconds = 0;  // never compared
  bool flagged() const { return !rules.empty(); }
  bool operator==(const Row& other) const;  // all but the seconds
};

// The findings of a report of `kerasan run --json`. Throws InputError where it is none.
std::vector<Heard> findings_of(const nlohmann::json& report);

// `absent` is null for a bug that every release has.
Row judge(const Bug& bug, const Side& present, const Side* absent);

nlohmann::json to_json(const Row& row);
Row row_from(const nlohmann::json& row);

}  // namespace kerasan::catalogue
