// kerasan explain: what a rule checks, in its own words.
#include <algorithm>
#include <iostream>
#include <numeric>
#include <sstream>

#include "base/error.h"
#include "checks/rule.h"
#include "cli/options.h"
#include "report/report.h"

namespace kerasan::cli {
namespace {

constexpr std::size_t kWidth = 80;

std::string wrapped(const std::string& text) {
  std::istringstream words(text);
  std::string out;
  std::string line;
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > kWidth) {
      out += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return out + line + "\n";
}

// Levenshtein distance.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string suggestions(const std::string& wanted,
                        const std::vector<std::unique_ptr<checks::Rule>>& rules) {
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const auto& rule : rules) {
    const std::string& name = rule->info().name;
    const bool part = name.find(wanted) != std::string::npos;
    near.emplace_back(part ? 0 : distance(wanted, name), name);
  }
  std::sort(near.begin(), near.end());
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, near.size()); ++i) {
    text += (i == 0 ? "; did you mean " : " or ") + near[i].second;
  }
  return text + (near.empty() ? "" : "?");
}

void list(const std::vector<std::unique_ptr<checks::Rule>>& rules) {
  std::size_t width = 0;
  for (const auto& rule : rules) width = std::max(width, rule->info().name.size());
  for (const auto& rule : rules) {
    const checks::RuleInfo& info = rule->info();
    std::cout << info.name << std::string(width + 2 - info.name.size(), ' ') << info.scenario
              << ", impact " << info.impact << "\n";
  }
}

}  // namespace

int explain_command(const std::string& wanted) {
  const auto rules = checks::make_rules();
  if (wanted.empty()) {
    list(rules);
    return 0;
  }
  for (const auto& rule : rules) {
    const checks::RuleInfo& info = rule->info();
    if (info.name != wanted) continue;
    std::cout << info.name << "\n\nscenario: " << info.scenario << "\nimpact:   " << info.impact
              << " of 4: " << report::impact_words(info.impact) << "\n\n"
              << wrapped(info.text)
              << "\nTo silence a finding of this rule, put a line in a file for --suppress:\n"
              << "  rule=" << info.name << " file=train.py reason=WHY\n";
    return 0;
  }
  throw InputError("no rule is called \"" + wanted + "\"" + suggestions(wanted, rules));
}

}  // namespace kerasan::cli
