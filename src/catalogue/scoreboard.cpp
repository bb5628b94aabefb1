#include "catalogue/scoreboard.h"

#include <algorithm>
#include <fstream>

#include "base/error.h"

namespace kerasan::catalogue {
namespace {

using Json = nlohmann::json;

void count(const Row& row, Tally& tally) {
  ++tally.bugs;
  tally.false_alarms += row.false_alarm ? 1 : 0;
  if (!row.reproduced) return;
  ++tally.reproduced;
  tally.flagged += row.flagged() ? 1 : 0;
  tally.elsewhere += !row.flagged() && !row.elsewhere.empty() ? 1 : 0;
}

}  // namespace

Agreement agreement(const std::vector<std::pair<int, int>>& ratings) {
  Agreement result;
  std::map<int, int> first;
  std::map<int, int> second;
  for (const auto& [a, b] : ratings) {
    ++result.items;
    result.equal += a == b ? 1 : 0;
    ++first[a];
    ++second[b];
  }
  if (result.items == 0) return result;
  const double n = result.items;
  double chance = 0;
  for (const auto& [rating, times] : first) {
    const auto other = second.find(rating);
    if (other != second.end()) chance += times / n * (other->second / n);
  }
  if (chance < 1) result.kappa = (result.equal / n - chance) / (1 - chance);
  return result;
}

Tally Scoreboard::total() const {
  Tally tally;
  for (const auto& [id, row] : rows) count(row, tally);
  return tally;
}

Tally Scoreboard::of(const std::string& scenario) const {
  Tally tally;
  for (const auto& [id, row] : rows) {
    if (row.scenario == scenario) count(row, tally);
  }
  return tally;
}

Agreement Scoreboard::impacts() const {
  std::vector<std::pair<int, int>> ratings;
  for (const auto& [id, row] : rows) {
    if (row.reproduced && row.impact && row.study_impact)
      ratings.emplace_back(*row.impact, *row.study_impact);
  }
  return agreement(ratings);
}

std::vector<int> Scoreboard::delays() const {
  std::vector<int> all;
  for (const auto& [id, row] : rows) {
    if (row.delay) all.push_back(*row.delay);
  }
  return all;
}

Json to_json(const Scoreboard& board, bool seconds) {
  Json rows = Json::array();
  for (const auto& [id, row] : board.rows) {
    rows.push_back(to_json(row));
    if (!seconds) rows.back().erase("seconds");
  }
  return {{"schema", 1}, {"rows", std::move(rows)}};
}

Scoreboard read_scoreboard(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return {};
  Scoreboard board;
  try {
    const Json json = Json::parse(file);
    if (json.at("schema") != 1) throw InputError("schema: only 1 is known");
    for (const Json& row : json.at("rows")) {
      Row read = row_from(row);
      board.rows[read.id] = std::move(read);
    }
  } catch (const std::exception& error) {
    throw InputError(path.string() + ": " + error.what());
  }
  return board;
}

std::string verdict_words(const Row& row) {
  if (!row.reproduced) return row.witness_present.empty() ? "not run" : "not reproduced";
  if (row.flagged()) return "flagged";
  if (row.elsewhere.empty()) return "missed";
  std::string words = "heard as";
  for (const std::string& scenario : row.elsewhere)
    words += (&scenario == &row.elsewhere.front() ? " " : ", ") + scenario;
  return words;
}

}  // namespace kerasan::catalogue
