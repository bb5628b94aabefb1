// Workbooks of spreadsheets (ECMA-376): the values that a reader of the sheet sees.
#pragma once

#include <string>
#include <vector>

#include "study/import/finding.h"

namespace kerasan::study {

enum class CellKind { text, number, boolean, error };

struct Cell {
  std::size_t column = 0;  // 0: A
  CellKind kind = CellKind::text;
  std::string text;     // as shown: numbers with up to 15 digits, booleans as 1 and 0
  std::string stored;   // numbers as the file has them
  std::string formula;  // empty: none
};

struct SheetRow {
  long number = 0;
  std::vector<Cell> cells;  // by column, empty ones left out

  const Cell* cell(std::size_t column) const;
  const std::string& text(std::size_t column) const;  // "" where there is none
};

struct Comment {
  long row = 0;
  std::size_t column = 0;
  std::string text;
};

struct Sheet {
  std::string name;
  std::vector<SheetRow> rows;  // by number
  std::vector<Comment> comments;

  std::size_t width() const;
};

struct Workbook {
  std::string name;
  std::vector<Sheet> sheets;
  DataFindings findings;  // formulas without a value, cells in error
};

// "A", "B", …, "AA".
std::string column_letters(std::size_t column);

// Throws InputError: not a zip, truncated, a part missing or not XML, larger unpacked than 64 MiB.
Workbook read_workbook(const std::string& path, const std::string& name);
Workbook parse_workbook(std::string bytes, const std::string& name);

}  // namespace kerasan::study
