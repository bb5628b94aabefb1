// The final list of bugs and the issues as GitHub gives them.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/error.h"
#include "study/import/package.h"
#include "study/import/text.h"

namespace kerasan::study {
namespace {

// Rows of a published list; anything that is not as such a list has it becomes a finding.
class BugList {
 public:
  BugList(const Table& table, Package& package) : table_(table), package_(package) {}

  void read() {
    for (const Table::Row& row : table_.rows) read_row(row);
    check_numbers();
  }

 private:
  const std::string& field(const Table::Row& row, const char* column) const {
    return row.fields[table_.column(column)];
  }

  void note(const char* kind, long row, const char* column, const std::string& text) {
    package_.findings.push_back({kind, table_.name, "", row, column, text});
  }

  void read_row(const Table::Row& row) {
    Bug bug;
    bug.row = row.number;
    bug.number = trimmed(field(row, "Issue number"));
    bug.url = trimmed(field(row, "url"));
    bug.gist = field(row, "gist");
    bug.scenario = trimmed(field(row, "Final Scenario"));
    for (const char* column : {"Final Component 1", "Final Component 2"}) {
      if (!no_value(field(row, column))) bug.components.push_back(trimmed(field(row, column)));
    }
    bug.impact = impact(row);
    bug.root_cause = no_value(field(row, "Root Cause")) ? "" : trimmed(field(row, "Root Cause"));
    if (bug.root_cause.empty())
      note("missing-root-cause", row.number, "Root Cause", "no root cause");
    bug.buggy_version = field(row, "Buggy Version");
    bug.fixed_version = field(row, "Fixed Version");
    bug.fixing_commit = field(row, "Fixing commit");
    if (no_value(bug.fixing_commit)) {
      note("missing-fixing-commit", row.number, "Fixing commit",
           blank(bug.fixing_commit) ? "left empty, where other rows say None" : "no fixing commit");
    }
    check_gist(row.number, bug.gist);
    package_.bugs.push_back(std::move(bug));
  }

  std::optional<int> impact(const Table::Row& row) {
    const std::string& text = field(row, "Impact");
    const auto value = integer(trimmed(text));
    if (value && *value >= 1 && *value <= 4) return static_cast<int>(*value);
    note(no_value(text) ? "missing-impact" : "odd-impact", row.number, "Impact",
         no_value(text) ? "no impact (component " + field(row, "Final Component 1") + ")"
                        : "\"" + shortened(text) + "\" is not a level from 1 to 4");
    return std::nullopt;
  }

  void check_gist(long row, const std::string& gist) {
    const std::string key = label_key(gist);
    const std::size_t remark = gist.find("=>");
    if (remark != std::string::npos) {
      const bool inaccessible = key.find("not accessible") != std::string::npos;
      note(inaccessible ? "gist-not-accessible" : "gist-not-replicated", row, "gist",
           "noted as: " + trimmed(gist.substr(remark + 2)));
    } else if (key.starts_with("none")) {
      note("gist-missing", row, "gist", "noted as: " + shortened(gist, 90));
    } else if (key.starts_with("https://github.com/") &&
               key.find("/issues/") != std::string::npos) {
      note("gist-missing", row, "gist", "names the issue itself, not a program");
    }
  }

  void check_numbers() {
    long last = 0;
    for (const Bug& bug : package_.bugs) {
      const auto number = integer(bug.number);
      if (!number) {
        note("odd-number", bug.row, "Issue number",
             "\"" + shortened(bug.number) + "\" is no number");
        continue;
      }
      if (*number <= last) {
        note("number-order", bug.row, "Issue number",
             bug.number + " does not follow " + std::to_string(last));
      }
      for (long missing = last + 1; missing < *number && missing < last + 100; ++missing) {
        note("id-gap", bug.row, "Issue number", "there is no number " + std::to_string(missing));
      }
      last = std::max(last, static_cast<long>(*number));
    }
  }

  const Table& table_;
  Package& package_;
};

long number_in(const std::string& file) {
  const std::size_t from = file.find_first_of("0123456789");
  const std::size_t to = file.find_first_not_of("0123456789", from);
  if (from == std::string::npos) return -1;
  return static_cast<long>(integer(file.substr(from, to - from)).value_or(-1));
}

}  // namespace

void read_bug_list(const std::string& path, const std::string& name, Package& package) {
  const Table table = read_table(path, name, ';');
  BugList(table, package).read();
  std::set<std::string> urls;
  for (const Bug& bug : package.bugs) {
    if (!urls.insert(bug.url).second) {
      package.findings.push_back({"duplicate-issue", name, "", bug.row, "url", bug.url + " again"});
    }
  }
}

void read_github(const std::string& folder, const std::string& name, Package& package) {
  std::vector<std::pair<long, std::string>> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    if (lowered(file).ends_with(".json")) files.emplace_back(number_in(file), file);
  }
  std::sort(files.begin(), files.end());
  std::map<std::string, Bug*> by_url;
  for (Bug& bug : package.bugs) by_url.emplace(bug.url, &bug);
  for (const auto& [number, file] : files) {
    const std::string shown = name + "/" + file;
    GithubIssue issue = read_issue((std::filesystem::path(folder) / file).string(), shown);
    const auto found = by_url.find(issue.url);
    if (found == by_url.end()) {
      package.findings.push_back({"issue-not-listed", shown, "", 0, "html_url",
                                  issue.url + " is not in the list of bugs"});
      continue;
    }
    if (found->second->number != std::to_string(number)) {
      package.findings.push_back({"file-name-differs", shown, "", 0, "",
                                  issue.url + " has the number " + found->second->number});
    }
    if (issue.closed.empty()) {
      package.findings.push_back({"issue-open", shown, "", 0, "closed_at", "is still open"});
    }
    found->second->github = std::move(issue);
  }
  for (const Bug& bug : package.bugs) {
    if (bug.github) continue;
    package.findings.push_back({"issue-text-missing", name, "", 0, "",
                                "no file for " + bug.url + " (number " + bug.number + ")"});
  }
}

}  // namespace kerasan::study
