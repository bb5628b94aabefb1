// A table of results: one shape for CSV, JSON, workbook and page.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace kerasan::study {

using Value = std::variant<std::string, double>;

struct ResultTable {
  std::string name;   // of its files: kebab-case
  std::string title;  // for people
  std::vector<std::string> header;
  std::vector<std::vector<Value>> rows;
  std::string note;  // how to read it, "" for nothing to say
};

// Numbers with at most 4 decimals, whole ones with none.
std::string shown(const Value& value);

// Labels with their counts, in the order of first use or by falling count.
class Tally {
 public:
  void add(const std::string& label, double count = 1);
  void by_count();
  double of(const std::string& label) const;
  double total() const;
  const std::vector<std::pair<std::string, double>>& entries() const { return entries_; }
  // Label, count and share of the total.
  ResultTable table(std::string name, std::string title, std::string what) const;

 private:
  std::vector<std::pair<std::string, double>> entries_;
};

// Counts of pairs: rows and columns in the order given.
ResultTable cross_table(std::string name, std::string title, std::string what,
                        const std::vector<std::pair<std::string, std::string>>& pairs,
                        const std::vector<std::string>& rows,
                        const std::vector<std::string>& columns);

}  // namespace kerasan::study
