// The answers of a survey: one row a participant.
#include <map>
#include <set>

#include "study/import/package.h"
#include "study/import/text.h"

namespace kerasan::study {
namespace {

// "Any comments?" stands for another question each time: told once, with how often.
void tell_duplicates(const Table& table, DataFindings& findings) {
  std::map<std::string, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    places[label_key(table.header[i])].push_back(i + 1);
  }
  for (const auto& [key, columns] : places) {
    if (columns.size() == 1) continue;
    for (std::size_t i = 1; i < columns.size(); ++i) {
      findings.push_back({"duplicate-header", table.name, "", 1, std::to_string(columns[i]),
                          "\"" + shortened(key) + "\" is also column " +
                              std::to_string(columns[0]) + "; told apart by their order"});
    }
  }
}

void tell_scales(const Table& table, DataFindings& findings) {
  for (std::size_t column = 0; column < table.header.size(); ++column) {
    if (!table.header[column].ends_with("[Severity]")) continue;
    for (const Table::Row& row : table.rows) {
      if (row.fields[column].find("easy") == std::string::npos &&
          row.fields[column].find("difficult") == std::string::npos) {
        continue;
      }
      findings.push_back({"scale-anchor", table.name, "", 1, std::to_string(column + 1),
                          "severity is answered on a scale from easy to difficult"});
      break;
    }
  }
}

void tell_titles(const Table& table, DataFindings& findings) {
  std::map<std::string, std::set<std::string>> titles;
  for (const Table::Row& row : table.rows) {
    titles[label_key(row.fields[0])].insert(row.fields[0]);
  }
  for (const auto& [key, spellings] : titles) {
    if (spellings.size() == 1) continue;
    std::string all;
    for (const std::string& one : spellings) all += (all.empty() ? "\"" : ", \"") + one + "\"";
    findings.push_back(
        {"label-variant", table.name, "", 0, "1", "one job title written as " + all});
  }
}

}  // namespace

void check_survey(Package& package) {
  if (!package.survey || package.survey->header.empty()) return;
  tell_duplicates(*package.survey, package.findings);
  tell_scales(*package.survey, package.findings);
  tell_titles(*package.survey, package.findings);
}

}  // namespace kerasan::study
