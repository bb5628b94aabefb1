#include "study/import/package.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "study/import/text.h"

namespace kerasan::study {
namespace {

namespace fs = std::filesystem;

// The layout of a replication package; other files in it are told as stray.
constexpr const char* kSheets = "Manual_Labelling";
constexpr const char* kBugs = "Artifacts/data.csv";
constexpr const char* kGithub = "Artifacts/Bugs_in_JSON";
constexpr const char* kSurvey = "Survey/Responses.csv";

std::vector<std::string> files_below(const fs::path& root) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), root).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_workbook(const std::string& name) {
  return name.starts_with(std::string(kSheets) + "/") && lowered(name).ends_with(".xlsx");
}

bool is_github(const std::string& name) {
  return name.starts_with(std::string(kGithub) + "/") && lowered(name).ends_with(".json");
}

void tell_stray(const std::vector<std::string>& names, Package& package) {
  for (const std::string& name : names) {
    if (is_workbook(name) || is_github(name) || name == kBugs || name == kSurvey) continue;
    const bool document = lowered(name).ends_with(".pdf") || lowered(name).ends_with(".md");
    package.findings.push_back({document ? "document-not-read" : "stray-file", name, "", 0, "",
                                document ? "a document for people; its content is not compared"
                                         : "belongs to no part of the study; not read"});
  }
}

}  // namespace

bool no_value(const std::string& text) {
  const std::string key = label_key(text);
  return key.empty() || key == "none";
}

Package read_package(const std::string& root) {
  if (!fs::is_directory(root)) throw InputError(root + ": is no folder");
  Package package;
  package.root = root;
  const std::vector<std::string> names = files_below(root);
  const auto path = [&](const std::string& name) { return (fs::path(root) / name).string(); };
  const auto has = [&](const char* name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const auto sheets = std::count_if(names.begin(), names.end(), is_workbook);
  const auto issues = std::count_if(names.begin(), names.end(), is_github);
  if (sheets == 0 && !has(kBugs) && !has(kSurvey) && issues == 0) {
    throw InputError(root + ": holds no study (looked for " + kSheets + "/*.xlsx, " + kBugs + ", " +
                     kGithub + "/*.json, " + kSurvey + ")");
  }
  if (sheets > 1) throw InputError(root + ": more than one workbook in " + kSheets);
  for (const std::string& name : names) {
    if (is_workbook(name)) read_sheets(path(name), name, package);
  }
  if (has(kBugs)) read_bug_list(path(kBugs), kBugs, package);
  if (issues > 0) read_github(path(kGithub), kGithub, package);
  if (has(kSurvey)) package.survey = read_table(path(kSurvey), kSurvey, ',');
  const std::pair<bool, const char*> parts[] = {
      {sheets > 0, kSheets}, {has(kBugs), kBugs}, {issues > 0, kGithub}, {has(kSurvey), kSurvey}};
  for (const auto& [present, name] : parts) {
    if (!present)
      package.findings.push_back({"part-missing", name, "", 0, "", "not in the package"});
  }
  tell_stray(names, package);
  compare_sources(package);
  check_labels(package);
  check_versions(package);
  check_survey(package);
  return package;
}

}  // namespace kerasan::study
