#include "study/analysis/results.h"

#include <algorithm>
#include <map>
#include <set>

#include "study/analysis/package_stages.h"
#include "study/analysis/survey.h"
#include "study/import/text.h"

namespace kerasan::study {
namespace {

void add_agreement(const Package& package, Results& results) {
  ResultTable table{"agreement",
                    "Agreement of the raters",
                    {"stage", "coefficient", "value", "low", "high", "items", "in conflict"},
                    {},
                    "Intervals hold 95 %, by 1,000 bootstrap samples of the items."};
  for (const StageRatings& stage : package_stages(package)) {
    for (const Estimate& one : estimates(stage)) {
      const auto number = [](bool known, double value) { return known ? Value(value) : Value(""); };
      const bool known = one.interval.has_value();
      table.rows.push_back({stage.name, one.name,
                            number(one.value.has_value(), one.value.value_or(0)),
                            number(known, known ? one.interval->low : 0),
                            number(known, known ? one.interval->high : 0), stage.ratings.items(),
                            static_cast<double>(stage.conflicts.size())});
    }
    if (!stage.note.empty()) table.note += " " + stage.note;
  }
  if (!table.rows.empty()) results.tables.push_back(std::move(table));
}

void add_findings(const Package& package, Results& results) {
  ResultTable table{"data-findings",
                    "What is odd in the data",
                    {"kind", "file", "sheet", "row", "column", "finding"},
                    {},
                    ""};
  for (const DataFinding& one : package.findings) {
    table.rows.push_back({one.kind, one.file, one.sheet,
                          one.row > 0 ? Value(static_cast<double>(one.row)) : Value(""), one.column,
                          one.text});
  }
  results.tables.push_back(std::move(table));
}

}  // namespace

const ResultTable* Results::table(const std::string& name) const {
  for (const ResultTable& one : tables) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

void add_screening(const Package& package, Results& results) {
  if (package.screened.empty()) return;
  std::map<long, double> votes;
  std::set<std::string> included;
  for (const ScreenedIssue& issue : package.screened) {
    const auto yes = std::count(issue.votes.begin(), issue.votes.end(), std::optional<int>(1));
    ++votes[yes];
    if (static_cast<std::size_t>(yes) == package.reviewers) included.insert(issue.url);
  }
  ResultTable table{"votes", "Votes for inclusion", {"votes", "issues"}, {}, ""};
  for (auto one = votes.rbegin(); one != votes.rend(); ++one) {
    table.rows.push_back({static_cast<double>(one->first), one->second});
  }
  results.tables.push_back(std::move(table));
  double kept = 0;
  for (const DiscussedIssue& issue : package.discussed)
    kept += issue.accepted.value_or(false) ? 1 : 0;
  const double unanimous = static_cast<double>(included.size());
  const auto labelled = static_cast<double>(package.labelled.size());
  const auto bugs = static_cast<double>(package.bugs.size());
  results.tables.push_back({"screening",
                            "From the issues to the bugs",
                            {"step", "issues"},
                            {{"screened", static_cast<double>(package.screened.size())},
                             {"voted in by all", unanimous},
                             {"discussed", static_cast<double>(package.discussed.size())},
                             {"kept after discussion", kept},
                             {"included", unanimous + kept},
                             {"labelled", labelled},
                             {"removed while labelling", labelled - bugs},
                             {"in the final list", bugs}},
                            ""});
}

Results analyse(const Package& package) {
  Results results;
  results.source = package.root;
  add_screening(package, results);
  add_bugs(package, results);
  add_agreement(package, results);
  add_dates(package, results);
  if (package.survey) {
    SurveyResults survey = analyse_survey(*package.survey);
    for (ResultTable& table : survey.tables) results.tables.push_back(std::move(table));
    for (Figure& figure : survey.figures) results.figures.push_back(std::move(figure));
    results.tables.push_back({"survey-size",
                              "The survey",
                              {"what", "count"},
                              {{"participants", static_cast<double>(package.survey->rows.size())},
                               {"columns", static_cast<double>(package.survey->header.size())}},
                              ""});
  }
  add_findings(package, results);
  return results;
}

ResultTable compare_published(const Results& results, const std::string& path) {
  const Table claims = read_table(path, path, ',');
  ResultTable out{"published",
                  "Published numbers beside those of the data",
                  {"claim", "published", "from the data", "verdict"},
                  {},
                  "Rounded as published before they are compared."};
  const auto field = [&](const Table::Row& row, const char* column) {
    return trimmed(row.fields[claims.column(column)]);
  };
  for (const Table::Row& claim : claims.rows) {
    const std::string published = field(claim, "published");
    if (field(claim, "table").empty()) {
      out.rows.push_back({field(claim, "claim"), published, "",
                          "not determined by the data: " + field(claim, "row")});
      continue;
    }
    const ResultTable* table = results.table(field(claim, "table"));
    std::string found;
    for (const auto& row : table ? table->rows : std::vector<std::vector<Value>>{}) {
      std::string name;  // the leading texts that name a row, joined
      const std::string wanted = field(claim, "row");
      for (std::size_t i = 0; i < row.size(); ++i) {
        name += (i == 0 ? "" : "/") + shown(row[i]);
        if (name != wanted) continue;
        const auto column =
            std::find(table->header.begin(), table->header.end(), field(claim, "column"));
        if (column != table->header.end()) {
          found = shown(row[static_cast<std::size_t>(column - table->header.begin())]);
        }
        break;
      }
    }
    // As many decimals as were published.
    const std::size_t dot = published.find('.');
    std::string compared = found;
    if (!found.empty() && found.find_first_not_of("-.0123456789") == std::string::npos) {
      char text[64];
      const int decimals =
          dot == std::string::npos ? 0 : static_cast<int>(published.size() - dot - 1);
      std::snprintf(text, sizeof text, "%.*f", decimals, std::stod(found));
      compared = text;
    }
    out.rows.push_back({field(claim, "claim"), published, found,
                        found.empty()           ? "not in the data"
                        : compared == published ? "equal"
                                                : "differs"});
  }
  return out;
}

}  // namespace kerasan::study
