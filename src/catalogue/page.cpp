// docs/catalogue.md, from the facts and the last run of the lab.
#include <cstdio>
#include <sstream>

#include "catalogue/scoreboard.h"

namespace kerasan::catalogue {
namespace {

std::string joined(const std::vector<std::string>& texts, const char* between = ", ") {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : between) + text;
  return all;
}

std::string or_dash(const std::string& text) { return text.empty() ? "–" : text; }

std::string rating(const std::optional<int>& value) { return value ? std::to_string(*value) : "–"; }

const Row* row_of(const Scoreboard& board, const Bug& bug) {
  const auto found = board.rows.find(bug.id);
  return found == board.rows.end() ? nullptr : &found->second;
}

void totals(std::ostream& out, const Scoreboard& board) {
  const auto line = [&](const std::string& name, const Tally& tally) {
    out << "| " << name << " | " << tally.bugs << " | " << tally.reproduced << " | "
        << tally.flagged << " | " << tally.elsewhere << " | "
        << tally.reproduced - tally.flagged - tally.elsewhere << " | " << tally.false_alarms
        << " |\n";
  };
  out << "| scenario | bugs | reproduced | flagged | other scenario only | missed | false alarms "
         "|\n|---|---|---|---|---|---|---|\n";
  for (const std::string& scenario : scenarios()) line(scenario, board.of(scenario));
  line("**all**", board.total());
}

void agreements(std::ostream& out, const Scoreboard& board) {
  const Agreement impacts = board.impacts();
  out << "\nImpact: Kerasan's equals the study's rating in " << impacts.equal << " of "
      << impacts.items << " flagged bugs that the study rates";
  if (impacts.kappa) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", *impacts.kappa);
    out << "; Cohen's kappa " << text;
  }
  const std::vector<int> delays = board.delays();
  int late = 0;
  for (const int delay : delays) late += delay > 0 ? 1 : 0;
  out << ".\nDetection delay: " << delays.size() - static_cast<std::size_t>(late) << " of "
      << delays.size() << " findings in training steps are about the first wrong step itself.\n";
}

void rows(std::ostream& out, const Scoreboard& board, const std::vector<Bug>& bugs) {
  out << "\n## Bugs\n\n`kerasan bugs show ID` tells the story of one. Impact: Kerasan's / the "
         "study's.\n\n| id | bug | scenario | with / without | verdict | rules | impact |\n"
         "|---|---|---|---|---|---|---|\n";
  for (const Bug& bug : bugs) {
    const Row* row = row_of(board, bug);
    out << "| [" << bug.id << "](" << bug.link() << ") | " << bug.title << " | " << bug.scenario
        << " | " << bug.present.version << " / " << (bug.absent ? bug.absent->version : "none")
        << " | " << (row != nullptr ? verdict_words(*row) : "not run") << " | "
        << or_dash(row != nullptr ? joined(row->rules) : "") << " | "
        << rating(row != nullptr ? row->impact : std::nullopt) << " / " << rating(bug.impact)
        << " |\n";
  }
}

void holes(std::ostream& out, const std::vector<Bug>& bugs) {
  out << "\n## Not reproduced as reported\n\n";
  for (const Bug& bug : bugs) {
    if (!bug.tried) continue;
    out << "- " << bug.id << ", " << bug.title << " (" << bug.state << "): " << *bug.tried << "\n";
  }
}

void healthy(std::ostream& out, const Scoreboard& board) {
  out << "\n## Findings on the release without the bug\n\nThose of the study's scenario where the "
         "bug is not heard by itself count as false alarms.\n\n";
  for (const auto& [id, row] : board.rows) {
    if (row.on_healthy.empty()) continue;
    out << "- " << id << " on " << row.absent << (row.false_alarm ? " (false alarm)" : "") << ": "
        << joined(row.on_healthy, "; ") << "\n";
  }
}

void troubles(std::ostream& out, const Scoreboard& board) {
  bool any = false;
  for (const auto& [id, row] : board.rows) {
    if (row.trouble.empty()) continue;
    if (!any) out << "\n## Runs with less to judge than there should be\n\n";
    any = true;
    out << "- " << id << ": " << row.trouble << "\n";
  }
}

}  // namespace

std::string page(const Scoreboard& board, const std::vector<Bug>& bugs) {
  std::ostringstream out;
  out << "# Scoreboard of the catalogue\n\nWritten by `./dev lab`; do not edit. For each bug, a "
         "witness tells whether it is there on a\nrelease with and on one without it, and `kerasan "
         "run` watches an ordinary program on both.\n*Flagged*: a finding under the study's "
         "scenario that the other release does not give\n(the same rule about the same API and "
         "layer).\n\n";
  totals(out, board);
  agreements(out, board);
  rows(out, board, bugs);
  holes(out, bugs);
  healthy(out, board);
  troubles(out, board);
  return out.str();
}

}  // namespace kerasan::catalogue
