// The table that Model.summary prints, whichever generation drew it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kerasan::checks {

// One layer. Words that were wrapped are put together without the spaces between them.
struct SummaryRow {
  std::string layer;  // "dense(Dense)", or the beginning of it
  std::string shape;  // "[(None,6)]"
  std::string count;  // "1,024", "0(unused)", "?"
};

struct SummaryTable {
  std::vector<SummaryRow> rows;
  std::map<std::string, std::int64_t> totals;  // "Total", "Trainable", "Non-trainable", "Optimizer"
  bool whole = true;                           // false: a line that fits no column
};

std::string without_spaces(std::string_view text);

// nullopt where the text holds no such table with its columns in their usual order.
std::optional<SummaryTable> parse_summary(std::string_view text);

// "1,024"; nullopt for anything but digits with commas.
std::optional<std::int64_t> summary_count(std::string_view text);
// Of "[(None,6)]": the sizes, -1 for None; nullopt where it is not one whole shape.
std::optional<std::vector<std::int64_t>> summary_shape(std::string_view text);

}  // namespace kerasan::checks
