#include "study/analysis/result_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace kerasan::study {

std::string shown(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  const double number = std::get<double>(value);
  char digits[512];  // the largest double has 309 before the point
  std::snprintf(digits, sizeof digits, "%.4f", number);
  std::string text = digits;
  if (!std::isfinite(number)) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

void Tally::add(const std::string& label, double count) {
  for (auto& [known, sum] : entries_) {
    if (known != label) continue;
    sum += count;
    return;
  }
  entries_.emplace_back(label, count);
}

void Tally::by_count() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
}

double Tally::of(const std::string& label) const {
  for (const auto& [known, sum] : entries_) {
    if (known == label) return sum;
  }
  return 0;
}

double Tally::total() const {
  double sum = 0;
  for (const auto& entry : entries_) sum += entry.second;
  return sum;
}

ResultTable Tally::table(std::string name, std::string title, std::string what) const {
  ResultTable out{std::move(name), std::move(title), {std::move(what), "count", "share %"}, {}, ""};
  for (const auto& [label, count] : entries_) {
    out.rows.push_back({label, count, std::round(1000.0 * count / total()) / 10.0});
  }
  return out;
}

ResultTable cross_table(std::string name, std::string title, std::string what,
                        const std::vector<std::pair<std::string, std::string>>& pairs,
                        const std::vector<std::string>& rows,
                        const std::vector<std::string>& columns) {
  std::map<std::pair<std::string, std::string>, double> counts;
  for (const auto& pair : pairs) ++counts[pair];
  ResultTable out{std::move(name), std::move(title), {std::move(what)}, {}, ""};
  out.header.insert(out.header.end(), columns.begin(), columns.end());
  for (const std::string& row : rows) {
    std::vector<Value> line = {row};
    for (const std::string& column : columns) line.emplace_back(counts[{row, column}]);
    out.rows.push_back(std::move(line));
  }
  return out;
}

}  // namespace kerasan::study
