// kerasan study report: every table and figure of a study, from its data.
#include <iostream>

#include "cli/study_commands.h"
#include "study/analysis/report.h"

namespace kerasan::cli {

int study_report(const StudyReportOptions& options) {
  const study::Package package = study::is_project(options.source)
                                     ? study::package_of(study::Project(options.source))
                                     : study::read_package(options.source);
  study::Results results = study::analyse(package);
  int differ = 0;
  if (!options.published.empty()) {
    results.tables.insert(results.tables.begin(),
                          study::compare_published(results, options.published));
    for (const auto& row : results.tables.front().rows) {
      differ += study::shown(row.back()) == "differs" ? 1 : 0;
    }
  }
  const auto written = study::write_report(results, options.folder);
  std::cout << written.back() << " and " << written.size() - 1 << " files beside it\n";
  if (differ > 0) std::cout << differ << " published numbers differ from the data\n";
  return 0;
}

}  // namespace kerasan::cli
