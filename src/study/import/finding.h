// Something odd in the data of a study, told with its place.
#pragma once

#include <string>
#include <vector>

namespace kerasan::study {

struct DataFinding {
  std::string kind;    // kebab-case, such as "label-variant"
  std::string file;    // as the user would open it, relative to the folder
  std::string sheet;   // of a workbook, else empty
  long row = 0;        // as an editor or spreadsheet counts, 0: the whole file
  std::string column;  // its header or letter, empty: the whole row
  std::string text;

  std::string place() const {
    std::string out = file;
    if (!sheet.empty()) out += " [" + sheet + "]";
    if (row > 0) out += ":" + std::to_string(row);
    if (!column.empty()) out += " (" + column + ")";
    return out;
  }
};

using DataFindings = std::vector<DataFinding>;

}  // namespace kerasan::study
