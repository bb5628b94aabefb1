// Issues as GitHub's REST interface gives them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace kerasan::study {

struct GithubIssue {
  long number = 0;
  std::string url;  // html_url
  std::string title;
  std::string body;  // "" for null
  std::string state;
  std::string created;  // ISO 8601, UTC
  std::string closed;   // "" while open
  std::vector<std::string> labels;
};

// Throws InputError naming `name` and the field that is missing or of another type.
GithubIssue issue_of(const nlohmann::json& json, const std::string& name);
GithubIssue parse_issue(std::string_view json, const std::string& name);
GithubIssue read_issue(const std::string& path, const std::string& name);

// Days from 1970-01-01 to the date that an ISO 8601 time begins with; InputError when it is none.
long day_number(const std::string& time, const std::string& name);

}  // namespace kerasan::study
