#include "checks/summary_table.h"

#include <algorithm>
#include <charconv>

namespace kerasan::checks {

std::string without_spaces(std::string_view text) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c != ' '; });
  return out;
}

namespace {

constexpr std::string_view kBar = "\u2502";  // between the cells of a row

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto end = text.find(at);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + at.size());
  }
}

// ESC [ digits m.
std::string without_colours(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b') {
      out.push_back(text[i]);
      continue;
    }
    i = text.find('m', i);
    if (i == std::string_view::npos) break;
  }
  return out;
}

// "Total params: 1,024 (4.00 KB)".
bool take_total(std::string_view line, SummaryTable& table) {
  const auto end = line.find(" params: ");
  if (end == std::string_view::npos) return false;
  const auto number = line.substr(end + 9);
  const auto count = summary_count(number.substr(0, number.find_first_of(" \r")));
  if (count) table.totals[without_spaces(line.substr(0, end))] = *count;
  return true;
}

// A row begins where the count is told; lines without one go on with the row before.
void take_cells(const std::string& layer, const std::string& shape, const std::string& count,
                SummaryTable& table) {
  if (!count.empty()) return table.rows.push_back({layer, shape, count});
  if (table.rows.empty()) {
    table.whole = table.whole && layer.empty() && shape.empty();
    return;
  }
  table.rows.back().layer += layer;
  table.rows.back().shape += shape;
}

struct Columns {
  std::size_t shape = 0, count = 0, after = std::string::npos;
};

std::optional<Columns> columns_of(std::string_view header) {
  const auto layer = header.find("Layer (type)"), shape = header.find("Output Shape"),
             count = header.find("Param #"), after = header.find("Connected to");
  if (layer == std::string_view::npos || shape == std::string_view::npos ||
      count == std::string_view::npos || shape < layer || count < shape ||
      header.find("Trainable") != std::string_view::npos)
    return std::nullopt;
  return Columns{shape, count, after};
}

// Part of a line of which each byte is one column: names beyond ASCII are not taken apart.
std::string cell(std::string_view line, std::size_t from, std::size_t to) {
  return from >= line.size() ? "" : without_spaces(line.substr(from, to - from));
}

void take_line(std::string_view line, const Columns& columns, SummaryTable& table) {
  if (line.find_first_not_of("_=- ") == std::string_view::npos) return;
  if (std::any_of(line.begin(), line.end(), [](char c) { return (c & 0x80) != 0; })) {
    table.whole = false;
    return;
  }
  take_cells(cell(line, 0, columns.shape), cell(line, columns.shape, columns.count),
             cell(line, columns.count, columns.after), table);
}

void take_framed(std::string_view line, SummaryTable& table) {
  const auto cells = split(line, kBar);
  if (cells.size() < 5) return;  // before the first bar and after the last one there is nothing
  take_cells(without_spaces(cells[1]), without_spaces(cells[2]), without_spaces(cells[3]), table);
}

}  // namespace

std::optional<SummaryTable> parse_summary(std::string_view text) {
  const std::string clean = without_colours(text);
  SummaryTable table;
  std::optional<Columns> columns;
  for (const auto line : split(clean, "\n")) {
    if (!columns)
      columns = columns_of(line);
    else if (columns_of(line))
      return std::nullopt;  // a table in the table
    else if (take_total(line, table))
      continue;
    else if (line.find(kBar) != std::string_view::npos)
      take_framed(line, table);
    else if (line.find("\u2500") == std::string_view::npos &&
             line.find("\u2501") == std::string_view::npos && table.totals.empty())
      take_line(line, *columns, table);
  }
  if (!columns) return std::nullopt;
  return table;
}

std::optional<std::int64_t> summary_count(std::string_view text) {
  const std::string digits = [&] {
    std::string out(text);
    std::erase(out, ',');
    return out;
  }();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<std::vector<std::int64_t>> summary_shape(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  if (!text.starts_with('(') || !text.ends_with(')')) return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::vector<std::int64_t> out;
  if (text.ends_with(',')) text.remove_suffix(1);
  if (text.empty()) return out;
  for (const auto part : split(text, ",")) {
    const auto size = part == "None" ? std::optional<std::int64_t>(-1) : summary_count(part);
    if (!size) return std::nullopt;
    out.push_back(*size);
  }
  return out;
}

}  // namespace kerasan::checks
