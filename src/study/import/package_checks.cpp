// What can be said about the data only when all of it is read.
#include <algorithm>
#include <map>
#include <set>

#include "study/import/package.h"
#include "study/import/text.h"

namespace kerasan::study {
namespace {

constexpr const char* kBugs = "Artifacts/data.csv";

struct Spelling {
  std::string text;
  long row;
};

// Groups spellings that differ only by case and spaces; tells each that is not the most frequent.
void tell_variants(const std::vector<Spelling>& all, const std::string& file,
                   const std::string& column, DataFindings& findings) {
  std::map<std::string, std::map<std::string, int>> groups;
  for (const Spelling& one : all) ++groups[label_key(one.text)][one.text];
  for (const Spelling& one : all) {
    const auto& spellings = groups[label_key(one.text)];
    const auto most =
        std::max_element(spellings.begin(), spellings.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most->first == one.text) continue;
    findings.push_back({"label-variant", file, "", one.row, column,
                        "\"" + one.text + "\" is written \"" + most->first + "\" elsewhere"});
  }
}

bool pre_release(const std::string& version) {
  const std::string text = lowered(version);
  for (const char* mark : {"rc", "alpha", "beta", "dev", "nightly", "a0", "b0"}) {
    if (text.find(mark) != std::string::npos) return true;
  }
  return false;
}

// Numbers such as 2.3.0 with what is attached to them; words in between are dropped.
std::vector<std::string> versions_in(const std::string& text) {
  std::vector<std::string> out;
  std::string word;
  const auto end_word = [&] {
    const bool number = word.find_first_of("0123456789") != std::string::npos &&
                        word.find('.') != std::string::npos;
    if (number) out.push_back(word);
    if (!number && !out.empty() && pre_release(word)) out.back() += " " + word;
    word.clear();
  };
  for (const char c : text + " ") {
    if (c == ' ' || c == ',' || c == '/' || c == ';' || c == '\n') {
      end_word();
    } else {
      word += c;
    }
  }
  return out;
}

bool decimal_comma(const std::string& text) {
  const std::string version = trimmed(text);
  const std::size_t comma = version.find(',');
  return comma != std::string::npos && comma > 0 && integer(version.substr(0, comma)) &&
         integer(version.substr(comma + 1));
}

void compare_field(const LabelledIssue& sheet, const std::string& header, const std::string& ours,
                   const std::string& theirs, const Bug& bug, Package& package) {
  if (no_value(ours) && no_value(theirs)) return;
  if (trimmed(ours) == trimmed(theirs)) return;
  package.findings.push_back({"sources-differ", kBugs, "", bug.row, header,
                              "\"" + shortened(theirs, 50) + "\" here, \"" + shortened(ours, 50) +
                                  "\" in row " + std::to_string(sheet.row) + " of the workbook"});
}

void compare_bug(const LabelledIssue& sheet, const Bug& bug, Package& package) {
  const auto fact = [&](const char* header) {
    const auto found = sheet.facts.find(header);
    return found == sheet.facts.end() ? std::string() : found->second;
  };
  compare_field(sheet, "Final Scenario", sheet.scenario, bug.scenario, bug, package);
  compare_field(sheet, "Impact", sheet.impact, bug.impact ? std::to_string(*bug.impact) : "", bug,
                package);
  compare_field(sheet, "Root Cause", sheet.root_cause, bug.root_cause, bug, package);
  compare_field(sheet, "gist", fact("Gist OK?"), bug.gist, bug, package);
  compare_field(sheet, "Buggy Version", fact("Buggy Version"), bug.buggy_version, bug, package);
  compare_field(sheet, "Fixed Version", fact("Fixed Version"), bug.fixed_version, bug, package);
  compare_field(sheet, "Fixing commit", fact("Fixing commit"), bug.fixing_commit, bug, package);
}

void check_conflict(const LabelledIssue& issue, Package& package) {
  if (issue.conflict.empty() || issue.impacts.size() != 2) return;
  const bool differ = issue.impacts[0] != issue.impacts[1];
  if (differ == (issue.conflict == "1")) return;
  package.findings.push_back(
      {"conflict-differs", package.labels_file, package.labels_sheet, issue.row, "Conflict",
       "marked " + issue.conflict + ", but the raters gave " + issue.impacts[0] + " and " +
           issue.impacts[1] + " (final " + issue.impact + ")"});
}

}  // namespace

void compare_sources(Package& package) {
  if (package.labelled.empty()) return;
  std::map<std::string, const Bug*> bugs;
  for (const Bug& bug : package.bugs) bugs.emplace(bug.url, &bug);
  std::set<std::string> included;
  for (const ScreenedIssue& issue : package.screened) {
    const auto yes = std::count(issue.votes.begin(), issue.votes.end(), std::optional<int>(1));
    if (static_cast<std::size_t>(yes) == package.reviewers) included.insert(issue.url);
  }
  for (const DiscussedIssue& issue : package.discussed) {
    if (issue.accepted.value_or(false)) included.insert(issue.url);
  }
  const auto note = [&](const char* kind, long row, const std::string& text) {
    package.findings.push_back(
        {kind, package.labels_file, package.labels_sheet, row, row > 0 ? "URL" : "", text});
  };

  for (const LabelledIssue& issue : package.labelled) {
    check_conflict(issue, package);
    if (included.erase(issue.url) == 0) {
      note("labelled-not-included", issue.row, issue.url + " was not voted in");
    }
    const auto bug = bugs.find(issue.url);
    if (bug != bugs.end()) {
      compare_bug(issue, *bug->second, package);
    } else if (!package.bugs.empty()) {
      note("removed-issue", issue.row,
           "not in the final list; noted: " + shortened(issue.component, 90));
    }
    bugs.erase(issue.url);
  }
  for (const std::string& url : included) {
    note("included-not-labelled", 0, url);
  }
  for (const auto& [url, bug] : bugs) {
    package.findings.push_back({"bug-not-labelled", kBugs, "", bug->row, "url", url});
  }
}

void check_labels(Package& package) {
  std::vector<Spelling> scenarios;
  std::vector<Spelling> components;
  std::vector<Spelling> causes;
  for (const Bug& bug : package.bugs) {
    scenarios.push_back({bug.scenario, bug.row});
    for (const std::string& one : bug.components) components.push_back({one, bug.row});
    if (!bug.root_cause.empty()) causes.push_back({bug.root_cause, bug.row});
  }
  tell_variants(scenarios, kBugs, "Final Scenario", package.findings);
  tell_variants(components, kBugs, "Final Component", package.findings);
  tell_variants(causes, kBugs, "Root Cause", package.findings);
  std::vector<Spelling> rated;
  for (const LabelledIssue& issue : package.labelled) {
    for (const std::string& one : issue.root_causes) {
      if (!one.empty()) rated.push_back({one, issue.row});
    }
  }
  tell_variants(rated, package.labels_file, "Root cause of a rater", package.findings);
  // One spelling for each label from here on.
  std::map<std::string, std::string> first;
  for (Bug& bug : package.bugs) {
    if (!bug.root_cause.empty()) {
      bug.root_cause = first.emplace(label_key(bug.root_cause), bug.root_cause).first->second;
    }
  }
}

void check_versions(Package& package) {
  for (const Bug& bug : package.bugs) {
    const auto note = [&](const char* kind, const char* column, const std::string& text) {
      package.findings.push_back({kind, kBugs, "", bug.row, column, text});
    };
    for (const auto& [column, text] : {std::pair("Buggy Version", bug.buggy_version),
                                       std::pair("Fixed Version", bug.fixed_version)}) {
      if (decimal_comma(text)) note("decimal-comma", column, "\"" + text + "\" has a comma");
    }
    const std::vector<std::string> versions = versions_in(bug.buggy_version);
    if (versions.empty() && !decimal_comma(bug.buggy_version)) {
      note("odd-version", "Buggy Version",
           "no version in \"" + shortened(bug.buggy_version) + "\"");
    } else if (!versions.empty() && std::all_of(versions.begin(), versions.end(), pre_release)) {
      note("pre-release-only", "Buggy Version",
           "\"" + trimmed(bug.buggy_version) + "\" names no release");
    }
  }
}

}  // namespace kerasan::study
