// Plots as SVG: readable on a light and a dark page, with their numbers as text.
#pragma once

#include <string>
#include <vector>

namespace kerasan::study {

struct Figure {
  std::string name;  // of its file
  std::string title;
  std::string svg;
};

struct Bar {
  std::string label;
  double value;
};

Figure bars(std::string name, std::string title, const std::vector<Bar>& bars);

// One row of parts that add up to a whole, such as answers from 1 to 5.
struct StackedRow {
  std::string label;
  std::vector<double> parts;
};

Figure stacked_bars(std::string name, std::string title, const std::vector<std::string>& parts,
                    const std::vector<StackedRow>& rows);

// A coefficient of at most 1 with its interval; `low` and `high` are `value` where there is none.
struct IntervalRow {
  std::string label;
  double value;
  double low;
  double high;
};

Figure intervals(std::string name, std::string title, const std::vector<IntervalRow>& rows);

// Text within HTML and SVG.
std::string escaped(std::string_view text);

}  // namespace kerasan::study
