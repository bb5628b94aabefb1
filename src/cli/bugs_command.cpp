// kerasan bugs: the catalogue of known silent bugs.
#include <algorithm>
#include <iostream>
#include <sstream>

#include "base/error.h"
#include "catalogue/place.h"
#include "catalogue/scoreboard.h"
#include "cli/bugs_run.h"
#include "cli/command.h"
#include "report/report.h"

namespace kerasan::cli {
namespace {

using catalogue::Bug;
using catalogue::Row;
using catalogue::Scoreboard;

struct Filter {
  std::string scenario;
  std::string component;
  std::string state;
  int impact = 0;

  bool takes(const Bug& bug) const {
    const auto& parts = bug.components;
    return (scenario.empty() || bug.scenario == scenario) &&
           (component.empty() || std::find(parts.begin(), parts.end(), component) != parts.end()) &&
           (state.empty() || bug.state == state) && (impact == 0 || bug.impact == impact);
  }
};

std::string joined(const std::vector<std::string>& texts, const char* between = ", ") {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : between) + text;
  return all;
}

// A list of names that grows with the page it is on is no help: the values in use are.
void require_met(const std::string& what, const std::string& wanted,
                 const std::vector<std::string>& known) {
  if (wanted.empty() || std::find(known.begin(), known.end(), wanted) != known.end()) return;
  throw InputError("bugs list: no bug has " + what + " \"" + wanted +
                   "\"; known: " + joined(known));
}

void check_filter(const Filter& filter, const std::vector<Bug>& bugs) {
  std::vector<std::string> components;
  std::vector<std::string> states;
  for (const Bug& bug : bugs) {
    components.insert(components.end(), bug.components.begin(), bug.components.end());
    states.push_back(bug.state);
  }
  for (auto* names : {&components, &states}) {
    std::sort(names->begin(), names->end());
    names->erase(std::unique(names->begin(), names->end()), names->end());
  }
  require_met("scenario", filter.scenario, catalogue::scenarios());
  require_met("component", filter.component, components);
  require_met("status", filter.state, states);
}

int list(const Filter& filter) {
  const std::vector<Bug> bugs = catalogue::read_catalogue(catalogue::find_catalogue());
  check_filter(filter, bugs);
  std::size_t shown = 0;
  for (const Bug& bug : bugs) {
    if (!filter.takes(bug)) continue;
    ++shown;
    char line[64];
    std::snprintf(line, sizeof line, "%3d  %-24s %s  %-15s ", bug.id, bug.scenario.c_str(),
                  bug.impact ? std::to_string(*bug.impact).c_str() : "-", bug.state.c_str());
    std::cout << line << bug.title << "\n";
  }
  std::cerr << shown << " of " << bugs.size() << " bugs\n";
  return report::kNoFinding;
}

const Bug& find(const std::vector<Bug>& bugs, int id) {
  const auto found =
      std::find_if(bugs.begin(), bugs.end(), [&](const Bug& bug) { return bug.id == id; });
  if (found != bugs.end()) return *found;
  throw InputError("no bug has id " + std::to_string(id) + "; kerasan bugs list shows them");
}

void field(const char* name, const std::string& text) {
  if (text.empty()) return;
  std::istringstream words(text);
  std::string line = name + std::string(16 - std::string(name).size(), ' ');
  std::size_t width = line.size();
  for (std::string word; words >> word;) {
    if (width + word.size() > 95 && width > 16) {
      line += "\n" + std::string(16, ' ');
      width = 16;
    }
    line += (width > 16 ? " " : "") + word;
    width += word.size() + (width > 16 ? 1 : 0);
  }
  std::cout << line << "\n";
}

std::string heard(const Row* row) {
  if (row == nullptr) return "not run yet: kerasan bugs run";
  std::string text = catalogue::verdict_words(*row);
  if (row->flagged()) text += " by " + joined(row->rules);
  if (row->flagged() && row->impact) text += ", impact " + std::to_string(*row->impact);
  return text + (row->false_alarm ? "; the same finding without the bug" : "");
}

std::string with_text(const std::optional<int>& impact) {
  return impact ? std::to_string(*impact) + ": " + std::string(report::impact_words(*impact))
                : "the study gives none";
}

int show(int id) {
  const auto folder = catalogue::find_catalogue();
  const std::vector<Bug> bugs = catalogue::read_catalogue(folder);
  const Bug& bug = find(bugs, id);
  const Scoreboard board = catalogue::read_scoreboard(folder / catalogue::kScoreboard);
  const auto row = board.rows.find(id);
  std::cout << bug.id << ". " << bug.title << "\n\n";
  field("the user saw", bug.seen.value_or(""));
  field("what was so", bug.truth.value_or(""));
  field("scenario", bug.scenario);
  field("component", joined(bug.components));
  field("impact", with_text(bug.impact));
  field("impact, ours", with_text(bug.our_impact) + " (" + bug.our_why + ")");
  field("root cause", bug.root_cause.value_or("the study gives none"));
  field("status", bug.state);
  field("tried", bug.tried.value_or(""));
  field("seen on", joined(bug.present_on));
  field("absent on", joined(bug.absent_on));
  field("fixed by", joined(bug.fixing_commits));
  field("last lab run", heard(row == board.rows.end() ? nullptr : &row->second));
  field("program", bug.has_programs() ? bug.program().string() : "");
  field("report", bug.link());
  return report::kNoFinding;
}

std::vector<std::pair<CLI::App*, Action>> add(CLI::App& app) {
  CLI::App* bugs = app.add_subcommand(
      "bugs", "The catalogue of known silent bugs, each reproduced on real releases.");
  bugs->require_subcommand(1);
  const auto filter = std::make_shared<Filter>();
  CLI::App* list_app = bugs->add_subcommand("list", "One line for each bug.");
  list_app->add_option("--scenario", filter->scenario)->type_name("NAME");
  list_app->add_option("--component", filter->component)->type_name("NAME");
  list_app->add_option("--status", filter->state)->type_name("NAME");
  list_app->add_option("--impact", filter->impact, "by the study")
      ->type_name("1..4")
      ->check(CLI::Range(1, 4).description(""));
  const auto id = std::make_shared<int>();
  CLI::App* show_app = bugs->add_subcommand("show", "The story of one bug.");
  show_app->add_option("id", *id)->required()->type_name("ID");
  std::vector<std::pair<CLI::App*, Action>> actions{{list_app, [filter] { return list(*filter); }},
                                                    {show_app, [id] { return show(*id); }}};
  add_bugs_run(*bugs, actions);
  return actions;
}

const CommandRegistrar registrar(60, add);

}  // namespace
}  // namespace kerasan::cli
