// The figures of the report, drawn from the study as it stands.
#include <algorithm>

#include "study/analysis/results.h"
#include "study/analysis/survey.h"
#include "study/web/api.h"

namespace kerasan::study {
namespace {

using nlohmann::json;

// How many votes for inclusion the issues have, of those that all have voted on.
Figure votes_figure(const StageRatings& inclusion) {
  std::vector<double> counts(inclusion.raters.size() + 1);
  for (const Ratings::Pattern& pattern : inclusion.ratings.patterns()) {
    if (std::count(pattern.codes.begin(), pattern.codes.end(), kMissing) > 0) continue;
    const auto yes =
        std::count(pattern.codes.begin(), pattern.codes.end(), inclusion.ratings.code("1"));
    counts[static_cast<std::size_t>(yes)] += pattern.count;
  }
  std::vector<Bar> rows;
  for (std::size_t votes = counts.size(); votes-- > 0;) {
    rows.push_back({std::to_string(votes) + (votes == 1 ? " vote" : " votes"), counts[votes]});
  }
  return bars("votes", "Issues by votes for inclusion", rows);
}

json table_json(const ResultTable& table) {
  json rows = json::array();
  for (const auto& row : table.rows) {
    json line = json::array();
    for (const Value& value : row) line.push_back(shown(value));
    rows.push_back(std::move(line));
  }
  return {{"header", table.header}, {"rows", rows}, {"note", table.note}};
}

}  // namespace

std::string without_style(std::string svg) {
  const std::size_t from = svg.find("<style>");
  const std::size_t to = svg.find("</style>");
  if (from != std::string::npos && to != std::string::npos) svg.erase(from, to + 8 - from);
  return svg;
}

json charts_json(const Project& project) {
  const Package package = final_package_of(project);
  Results results;
  add_bugs(package, results);
  if (!package.bugs.empty()) add_dates(package, results);
  if (package.survey) {
    SurveyResults survey = analyse_survey(*package.survey);
    std::move(survey.tables.begin(), survey.tables.end(), std::back_inserter(results.tables));
    std::move(survey.figures.begin(), survey.figures.end(), std::back_inserter(results.figures));
  }
  const StageRatings inclusion = project.stage_ratings(kInclusion, kNow, 0);
  results.figures.insert(results.figures.begin(), votes_figure(inclusion));
  json out = json::array();
  for (const Figure& figure : results.figures) {
    json one = {{"name", figure.name}, {"title", figure.title}, {"svg", without_style(figure.svg)}};
    if (const ResultTable* table = results.table(figure.name)) one["table"] = table_json(*table);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace kerasan::study
