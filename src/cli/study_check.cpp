// kerasan study check: what is odd in the data of a study.
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/study_commands.h"
#include "study/import/package.h"

namespace kerasan::cli {
namespace {

nlohmann::json as_json(const study::DataFinding& finding) {
  return {{"kind", finding.kind}, {"file", finding.file},     {"sheet", finding.sheet},
          {"row", finding.row},   {"column", finding.column}, {"text", finding.text}};
}

}  // namespace

int study_check(const StudyCheckOptions& options) {
  const study::Package package = study::read_package(options.folder);
  if (options.json) {
    nlohmann::json all = nlohmann::json::array();
    for (const study::DataFinding& finding : package.findings) all.push_back(as_json(finding));
    std::cout << all.dump(1) << "\n";
    return package.findings.empty() ? 0 : 1;
  }
  std::map<std::string, int> counts;
  for (const study::DataFinding& finding : package.findings) {
    std::cout << finding.place() << ": " << finding.text << " [" << finding.kind << "]\n";
    ++counts[finding.kind];
  }
  std::cout << "read " << package.screened.size() << " screened issues, "
            << package.discussed.size() << " discussed, " << package.labelled.size()
            << " labelled, " << package.bugs.size() << " bugs, "
            << (package.survey ? package.survey->rows.size() : 0) << " answers\n"
            << package.findings.size() << " findings about the data";
  for (const auto& [kind, count] : counts) std::cout << "\n  " << count << "  " << kind;
  std::cout << "\n";
  return package.findings.empty() ? 0 : 1;
}

}  // namespace kerasan::cli
