// Results as files: one page, tables as CSV, JSON and a workbook, plots as SVG.
#pragma once

#include <string>
#include <vector>

#include "study/analysis/results.h"

namespace kerasan::study {

// One self-contained page: no script, nothing from outside.
std::string html_report(const Results& results);
std::string csv_text(const ResultTable& table);
std::string json_text(const Results& results);
void write_workbook(const Results& results, const std::string& path);

// Writes all of them into the folder; returns the paths. InputError when it cannot be written.
std::vector<std::string> write_report(const Results& results, const std::string& folder);

}  // namespace kerasan::study
