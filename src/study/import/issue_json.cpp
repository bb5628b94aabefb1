#include "study/import/issue_json.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "study/import/text.h"

namespace kerasan::study {
namespace {

constexpr std::size_t kMostFile = std::size_t{16} << 20;

const nlohmann::json& field(const nlohmann::json& issue, const char* key, const std::string& name) {
  const auto found = issue.find(key);
  if (found == issue.end()) throw InputError(name + ": no field \"" + key + "\"");
  return *found;
}

std::string text(const nlohmann::json& issue, const char* key, const std::string& name,
                 bool may_be_null = false) {
  const nlohmann::json& value = field(issue, key, name);
  if (may_be_null && value.is_null()) return "";
  if (!value.is_string()) throw InputError(name + ": field \"" + key + "\" is no text");
  return value.get<std::string>();
}

}  // namespace

GithubIssue parse_issue(std::string_view json, const std::string& name) {
  nlohmann::json parsed;
  try {
    parsed = nlohmann::json::parse(json);
  } catch (const nlohmann::json::exception& error) {
    throw InputError(name + ": is not JSON (" + shortened(error.what(), 120) + ")");
  }
  return issue_of(parsed, name);
}

GithubIssue issue_of(const nlohmann::json& parsed, const std::string& name) {
  if (!parsed.is_object()) throw InputError(name + ": is not an issue (no JSON object)");
  GithubIssue issue;
  const nlohmann::json& number = field(parsed, "number", name);
  if (!number.is_number_integer()) throw InputError(name + ": field \"number\" is no integer");
  issue.number = number.get<long>();
  issue.url = text(parsed, "html_url", name);
  issue.title = text(parsed, "title", name);
  issue.body = text(parsed, "body", name, true);
  issue.state = text(parsed, "state", name);
  issue.created = text(parsed, "created_at", name);
  issue.closed = text(parsed, "closed_at", name, true);
  day_number(issue.created, name);
  if (!issue.closed.empty()) day_number(issue.closed, name);
  const nlohmann::json& labels = field(parsed, "labels", name);
  if (!labels.is_array()) throw InputError(name + ": field \"labels\" is no list");
  for (const nlohmann::json& label : labels) {
    if (!label.is_object()) throw InputError(name + ": a label is no object");
    issue.labels.push_back(text(label, "name", name));
  }
  return issue;
}

GithubIssue read_issue(const std::string& path, const std::string& name) {
  return parse_issue(file_bytes(path, kMostFile), name);
}

long day_number(const std::string& time, const std::string& name) {
  const auto part = [&](std::size_t at, std::size_t length) {
    return time.size() >= at + length ? integer(std::string_view(time).substr(at, length))
                                      : std::nullopt;
  };
  const auto year = part(0, 4);
  const auto month = part(5, 2);
  const auto day = part(8, 2);
  if (year && month && day && time[4] == '-' && time[7] == '-' && *month > 0 && *day > 0) {
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (date.ok()) return std::chrono::sys_days(date).time_since_epoch().count();
  }
  throw InputError(name + ": \"" + shortened(time, 30) + "\" is no date");
}

}  // namespace kerasan::study
