// Distributions over the final list of bugs, and cross tables.
#include <algorithm>
#include <cmath>

#include "study/analysis/results.h"
#include "study/import/text.h"

namespace kerasan::study {
namespace {

std::vector<std::string> labels_of(const Tally& tally) {
  std::vector<std::string> out;
  for (const auto& entry : tally.entries()) out.push_back(entry.first);
  return out;
}

std::vector<Bar> bars_of(const Tally& tally) {
  std::vector<Bar> out;
  for (const auto& [label, count] : tally.entries()) out.push_back({label, count});
  return out;
}

std::string level(const Bug& bug) { return bug.impact ? std::to_string(*bug.impact) : "unrated"; }

ResultTable mean_impacts(const Package& package, const std::vector<std::string>& scenarios) {
  ResultTable out{"impact-by-scenario",
                  "Mean impact by scenario",
                  {"scenario", "rated bugs", "mean impact", "median impact"},
                  {},
                  "Bugs without an impact do not count."};
  for (const std::string& scenario : scenarios) {
    std::vector<int> impacts;
    for (const Bug& bug : package.bugs) {
      if (bug.scenario == scenario && bug.impact) impacts.push_back(*bug.impact);
    }
    std::sort(impacts.begin(), impacts.end());
    double sum = 0;
    for (const int one : impacts) sum += one;
    const auto count = static_cast<double>(impacts.size());
    std::vector<Value> line = {scenario, count, "", ""};
    if (!impacts.empty()) {
      line[2] = sum / count;
      line[3] = (impacts[(impacts.size() - 1) / 2] + impacts[impacts.size() / 2]) / 2.0;
    }
    out.rows.push_back(std::move(line));
  }
  return out;
}

ResultTable bug_table(const Package& package) {
  ResultTable out{"bugs",
                  "The bugs",
                  {"number", "url", "title", "scenario", "components", "impact", "root cause",
                   "buggy version", "fixed version"},
                  {},
                  ""};
  for (const Bug& bug : package.bugs) {
    std::string components;
    for (const std::string& one : bug.components)
      components += (components.empty() ? "" : ", ") + one;
    out.rows.push_back({bug.number, bug.url, bug.github ? bug.github->title : "", bug.scenario,
                        components,
                        bug.impact ? Value(static_cast<double>(*bug.impact)) : Value(""),
                        bug.root_cause, bug.buggy_version, bug.fixed_version});
  }
  return out;
}

}  // namespace

void add_bugs(const Package& package, Results& results) {
  if (package.bugs.empty()) return;
  Tally scenarios;
  Tally components;
  Tally impacts;
  Tally causes;
  Tally unrated;
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Pairs by_impact;
  Pairs by_component;
  Pairs by_cause;
  for (const char* one : {"1", "2", "3", "4"}) impacts.add(one, 0);
  for (const Bug& bug : package.bugs) {
    scenarios.add(bug.scenario);
    impacts.add(level(bug));
    by_impact.emplace_back(bug.scenario, level(bug));
    for (const std::string& component : bug.components) {
      components.add(component);
      by_component.emplace_back(bug.scenario, component);
      if (!bug.impact) unrated.add(component);
    }
    if (bug.root_cause.empty()) continue;
    causes.add(bug.root_cause);
    by_cause.emplace_back(bug.scenario, bug.root_cause);
  }
  for (Tally* one : {&scenarios, &components, &causes}) one->by_count();
  const auto rows = labels_of(scenarios);
  const auto add = [&](ResultTable table, const char* note = "") {
    table.note = table.note.empty() ? note : table.note;
    results.tables.push_back(std::move(table));
  };
  add(scenarios.table("scenarios", "Scenarios", "scenario"));
  add(components.table("components", "Components", "component"), "A bug can name two components.");
  add(impacts.table("impacts", "Impact", "level"));
  add(unrated.table("unrated-components", "Components of bugs without an impact", "component"));
  add(causes.table("root-causes", "Root causes", "root cause"), "Only bugs with one.");
  add({"totals",
       "Totals of the labels",
       {"what", "count"},
       {{"bugs", static_cast<double>(package.bugs.size())},
        {"component mentions", components.total()},
        {"components", static_cast<double>(components.entries().size())},
        {"labelled root causes", causes.total()}},
       ""});
  add(mean_impacts(package, rows));
  add(cross_table("scenario-by-impact", "Scenario and impact", "scenario", by_impact, rows,
                  labels_of(impacts)));
  add(cross_table("scenario-by-component", "Scenario and component", "scenario", by_component, rows,
                  labels_of(components)));
  add(cross_table("scenario-by-root-cause", "Scenario and root cause", "scenario", by_cause, rows,
                  labels_of(causes)));
  add(bug_table(package));
  results.figures.push_back(bars("scenarios", "Bugs by scenario", bars_of(scenarios)));
  results.figures.push_back(bars("components", "Bugs by component", bars_of(components)));
  results.figures.push_back(bars("impacts", "Bugs by impact", bars_of(impacts)));
  results.figures.push_back(bars("root-causes", "Bugs by root cause", bars_of(causes)));
  std::vector<Bar> means;
  for (const auto& row : results.table("impact-by-scenario")->rows) {
    if (const auto* mean = std::get_if<double>(&row[2])) means.push_back({shown(row[0]), *mean});
  }
  results.figures.push_back(bars("impact-by-scenario", "Mean impact by scenario", means));
}

}  // namespace kerasan::study
