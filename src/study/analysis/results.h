// Everything that a study's report shows.
#pragma once

#include <string>
#include <vector>

#include "study/analysis/figure.h"
#include "study/analysis/result_table.h"
#include "study/import/package.h"
#include "study/store/project.h"

namespace kerasan::study {

struct Results {
  std::string source;
  std::vector<ResultTable> tables;
  std::vector<Figure> figures;

  const ResultTable* table(const std::string& name) const;
};

Results analyse(const Package& package);
// A project is analysed as the package that it would be.
Package package_of(const Project& project);
// Only its final list of bugs and its survey: what the figures are drawn from.
Package final_package_of(const Project& project);

// Numbers that were published, beside what the data give. A table with the columns claim,
// published, table, row, column; without a table, column `row` says why the data do not determine
// it.
ResultTable compare_published(const Results& results, const std::string& path);

// Parts of analyse, one file each.
void add_screening(const Package& package, Results& results);
void add_bugs(const Package& package, Results& results);
void add_dates(const Package& package, Results& results);

}  // namespace kerasan::study
