// The scoreboard on a terminal.
#include <cstdio>

#include "catalogue/scoreboard.h"

namespace kerasan::catalogue {
namespace {

std::string padded(const std::string& text, std::size_t width) {
  return text.size() >= width ? text + " " : text + std::string(width - text.size(), ' ');
}

void print_row(std::ostream& out, const Row& row, const Bug& bug) {
  char seconds[16];
  std::snprintf(seconds, sizeof seconds, "%5.0f s", row.seconds);
  std::string rules;
  for (const std::string& rule : row.rules) rules += " " + rule;
  out << padded(std::to_string(row.id), 4) << padded(row.scenario, 25)
      << padded(row.present + "/" + (row.absent.empty() ? "none" : row.absent), 15)
      << padded(verdict_words(row), 16) << seconds << rules
      << (row.false_alarm ? "  FALSE ALARM without the bug" : "") << "\n    " << bug.title << "\n";
  for (const std::string& finding : row.on_healthy)
    out << "    on " << row.absent << ": " << finding << "\n";
  if (!row.trouble.empty()) out << "    " << row.trouble << "\n";
}

}  // namespace

void print(std::ostream& out, const Scoreboard& board, const std::vector<Bug>& bugs) {
  for (const Bug& bug : bugs) {
    const auto row = board.rows.find(bug.id);
    if (row != board.rows.end()) print_row(out, row->second, bug);
  }
  const Tally all = board.total();
  out << "\n"
      << all.bugs << " bugs: " << all.reproduced << " reproduced, " << all.flagged << " flagged, "
      << all.elsewhere << " heard under another scenario, "
      << all.reproduced - all.flagged - all.elsewhere << " missed; " << all.false_alarms
      << " false alarms\n";
  const Agreement impacts = board.impacts();
  out << "impact equals the study's in " << impacts.equal << " of " << impacts.items;
  if (impacts.kappa) out << ", Cohen's kappa " << *impacts.kappa;
  out << "\n";
}

}  // namespace kerasan::catalogue
