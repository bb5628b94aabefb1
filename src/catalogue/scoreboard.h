// The rows of all bugs, their totals, and how they are kept and told.
#pragma once

#include <filesystem>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "catalogue/verdict.h"

namespace kerasan::catalogue {

inline constexpr const char* kScoreboard = "scoreboard.json";  // in the catalogue
inline constexpr const char* kPage = "docs/catalogue.md";      // beside it

struct Tally {
  int bugs = 0;
  int reproduced = 0;
  int flagged = 0;    // reproduced ones, under the study's scenario
  int elsewhere = 0;  // reproduced and heard under another scenario only
  int false_alarms = 0;
};

// Two judges of the same items: how often they agree, and beyond chance.
// J. Cohen, A coefficient of agreement for nominal scales, 1960.
struct Agreement {
  int items = 0;
  int equal = 0;
  std::optional<double> kappa;  // none without items, or where chance alone gives full agreement
};
Agreement agreement(const std::vector<std::pair<int, int>>& ratings);

struct Scoreboard {
  std::map<int, Row> rows;

  Tally total() const;
  Tally of(const std::string& scenario) const;
  Agreement impacts() const;        // of flagged bugs that the study rates
  std::vector<int> delays() const;  // of bugs with a known first wrong step
};

// {"schema": 1, "rows": [...]}: with seconds (a report of one run) or without (kept, compared).
nlohmann::json to_json(const Scoreboard& board, bool seconds);
// Empty where there is no such file. Throws InputError where it cannot be used.
Scoreboard read_scoreboard(const std::filesystem::path& path);

// docs/catalogue.md: the same for the same scoreboard and facts.
std::string page(const Scoreboard& board, const std::vector<Bug>& bugs);
void print(std::ostream& out, const Scoreboard& board, const std::vector<Bug>& bugs);
// "flagged", "flagged as wrong-calculation", "missed", "not reproduced", "not run".
std::string verdict_words(const Row& row);

}  // namespace kerasan::catalogue
