// A study as its replication package holds it, typed but otherwise as written.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "study/import/csv.h"
#include "study/import/finding.h"
#include "study/import/issue_json.h"

namespace kerasan::study {

// One issue of the screening, with the vote of each reviewer.
struct ScreenedIssue {
  long row = 0;
  std::string title;
  std::string url;
  std::vector<std::string> labels;
  std::vector<std::optional<int>> votes;
  std::vector<std::string> comments;  // one for each reviewer
};

struct DiscussedIssue {
  long row = 0;
  std::string url;
  std::optional<bool> accepted;
  std::vector<std::string> comments;
};

// What the raters wrote and what was agreed.
struct LabelledIssue {
  long row = 0;
  std::string url;
  std::vector<std::string> scenarios;   // one for each reviewer, "" for none
  std::vector<std::string> components;  // the same
  std::string scenario;
  std::string component;
  std::vector<std::string> impacts;  // of the independent raters
  std::string impact;
  std::string conflict;                  // of the impacts, as marked
  std::vector<std::string> root_causes;  // of the independent raters
  std::string root_cause;
  std::map<std::string, std::string> facts;  // by header: gist, versions, fixing commit
};

// One bug of the final list.
struct Bug {
  long row = 0;
  std::string number;
  std::string url;
  std::string gist;
  std::string scenario;
  std::vector<std::string> components;
  std::optional<int> impact;
  std::string root_cause;  // "" for none; the first spelling met stands for all
  std::string buggy_version;
  std::string fixed_version;
  std::string fixing_commit;
  std::optional<GithubIssue> github;
};

struct Package {
  std::string root;
  std::size_t reviewers = 0;
  std::string labels_file;  // where the labels were read
  std::string labels_sheet;
  std::vector<ScreenedIssue> screened;
  std::vector<DiscussedIssue> discussed;
  std::vector<LabelledIssue> labelled;
  std::vector<Bug> bugs;
  std::optional<Table> survey;
  DataFindings findings;
};

// Reads what lies in `root`. Throws InputError when a part is unreadable or there is none.
Package read_package(const std::string& root);

// Steps of reading, one file each; all add what is odd to package.findings.
void read_sheets(const std::string& path, const std::string& name, Package& package);
void read_bug_list(const std::string& path, const std::string& name, Package& package);
void read_github(const std::string& folder, const std::string& name, Package& package);
void check_survey(Package& package);
void check_labels(Package& package);
void check_versions(Package& package);
void compare_sources(Package& package);

// "None" and blank stand for no value.
bool no_value(const std::string& text);

}  // namespace kerasan::study
