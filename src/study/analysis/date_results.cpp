// What dates and versions say, as far as they are known.
#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "study/analysis/results.h"

namespace kerasan::study {
namespace {

// "2.1" of "v2.1.0-rc0": releases, whatever follows.
std::set<std::string> releases(const std::string& text) {
  std::set<std::string> out;
  const auto digit = [&](std::size_t i) {
    return i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) != 0;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = digit(i) && (i == 0 || (!digit(i - 1) && text[i - 1] != '.'));
    std::size_t end = i;
    while (digit(end)) ++end;
    if (!begins || end - i > 2 || end >= text.size() || (text[end] != '.' && text[end] != ',') ||
        !digit(end + 1)) {
      continue;
    }
    std::size_t last = end + 1;
    while (digit(last)) ++last;
    if (last - end - 1 <= 2)
      out.insert(text.substr(i, end - i) + "." + text.substr(end + 1, last - end - 1));
    i = last;
  }
  return out;
}

double quantile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

bool earlier(const std::string& a, const std::string& b) {
  const auto part = [](const std::string& text) {
    const std::size_t dot = text.find('.');
    return std::pair(std::stoi(text.substr(0, dot)), std::stoi(text.substr(dot + 1)));
  };
  return part(a) < part(b);
}

}  // namespace

void add_dates(const Package& package, Results& results) {
  std::map<std::string, std::vector<double>> days;
  std::map<std::string, double> versions;
  for (const Bug& bug : package.bugs) {
    for (const std::string& release : releases(bug.buggy_version)) ++versions[release];
    if (!bug.github || bug.github->closed.empty()) continue;
    const double open = static_cast<double>(day_number(bug.github->closed, bug.url) -
                                            day_number(bug.github->created, bug.url));
    days[bug.scenario].push_back(open);
    days["all"].push_back(open);
  }
  if (!days.empty()) {
    ResultTable table{
        "days-open",
        "Days from report to closing",
        {"scenario", "issues", "least", "quartile", "median", "upper quartile", "most"},
        {},
        "The time until an issue was closed, not until it was fixed: the data name "
        "commits and releases that fixed it, but not their dates."};
    for (auto& [scenario, values] : days) {
      std::sort(values.begin(), values.end());
      table.rows.push_back({scenario, static_cast<double>(values.size()), values.front(),
                            quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75),
                            values.back()});
    }
    results.tables.push_back(std::move(table));
  }
  if (versions.empty()) return;
  std::vector<std::string> names;
  for (const auto& one : versions) names.push_back(one.first);
  std::sort(names.begin(), names.end(), earlier);
  ResultTable table{"versions",
                    "Releases named as buggy",
                    {"release", "bugs"},
                    {},
                    "Pre-releases count as their release; a bug can name several."};
  std::vector<Bar> plot;
  for (const std::string& name : names) {
    table.rows.push_back({name, versions[name]});
    plot.push_back({name, versions[name]});
  }
  results.tables.push_back(std::move(table));
  results.figures.push_back(bars("versions", "Releases named as buggy", plot));
}

}  // namespace kerasan::study
