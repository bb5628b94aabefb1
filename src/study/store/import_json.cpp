// Issues as JSON: of GitHub, or objects whose members are named like the columns of a table.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "study/import/issue_json.h"
#include "study/import/text.h"
#include "study/store/import_fields.h"

namespace kerasan::study {
namespace {

using nlohmann::json;

constexpr std::size_t kMostJson = std::size_t{256} << 20;

std::string joined(const std::vector<std::string>& labels) {
  std::string out;
  for (const std::string& one : labels) out += (out.empty() ? "" : "^") + one;
  return out;
}

bool all_text(const json& list) {
  for (const json& one : list) {
    if (!one.is_string()) return false;
  }
  return list.is_array();
}

class JsonImport {
 public:
  JsonImport(const Project& project, const std::string& path, const ColumnMap& map, EventId event)
      : path_(path), roles_(project, map), writer_(project, event) {}

  void add(const json& one) {
    ++index_;
    if (!one.is_object()) throw InputError(where() + " is none");
    item_.clear();
    if (one.contains("html_url")) {
      add_github(issue_of(one, where()));
    } else {
      for (const auto& [name, value] : one.items()) add_member(name, value);
    }
    if (!item_.titled()) throw InputError(where() + " has no title");
    item_.write(writer_, path_, index_, result_);
  }

  // At the end, when all members have been met.
  ImportResult finish(const ColumnMap& map) {
    std::vector<std::string> names;
    for (const auto& known : known_) names.push_back(known.first);
    if (!map.empty()) roles_.check_named(names, path_);
    return std::move(result_);
  }

 private:
  std::string where() const { return path_ + ": object " + std::to_string(index_); }

  void take(const std::string& name, std::string_view text) {
    const auto found = known_.find(name);
    const auto& roles =
        found == known_.end() ? known_.emplace(name, roles_.of(name)).first->second : found->second;
    for (const Role& role : roles) item_.take(role, text, [this] { return where(); });
  }

  void add_github(const GithubIssue& issue) {
    const std::pair<const char*, std::string> members[] = {
        {"url", issue.url},   {"title", issue.title},     {"labels", joined(issue.labels)},
        {"body", issue.body}, {"created", issue.created}, {"closed", issue.closed}};
    for (const auto& [name, text] : members) take(name, text);
  }

  void add_member(const std::string& name, const json& value) {
    if (value.is_string()) {
      take(name, value.get_ref<const std::string&>());
    } else if (value.is_number() || value.is_boolean()) {
      take(name, value.dump());
    } else if (lowered(name) == "labels" && all_text(value)) {
      take(name, joined(value.get<std::vector<std::string>>()));
    } else if (value.is_structured()) {
      result_.findings.push_back(
          {"field-not-taken", path_, "", index_, name, "is no text or number"});
    }
  }

  std::string path_;
  Roles roles_;
  ItemWriter writer_;
  std::map<std::string, std::vector<Role>> known_;
  IncomingItem item_;
  ImportResult result_;
  long index_ = 0;
};

}  // namespace

ImportResult import_json(Project& project, const std::string& path, const std::string& who,
                         const ColumnMap& map) {
  std::error_code error;
  if (const auto size = std::filesystem::file_size(path, error); !error && size > kMostJson) {
    throw InputError(path + ": " + std::to_string(size) + " bytes, more than the " +
                     std::to_string(kMostJson) + " that such a file may have");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError(path + ": cannot be opened");
  Transaction transaction(project.database());
  const EventId event = project.append({0, "", who, "import", "", "", path, ""}, 0);
  JsonImport import(project, path, map, event);
  bool list = false;
  // Each object of a list is taken and forgotten as soon as it is whole.
  const auto take = [&](int depth, json::parse_event_t what, json& parsed) {
    using Event = json::parse_event_t;
    if (depth == 0 && what == Event::array_start) list = true;
    const bool whole =
        what == Event::object_end || what == Event::array_end || what == Event::value;
    if (!list || depth != 1 || !whole) return true;
    import.add(parsed);
    return false;
  };
  try {
    const json rest = json::parse(in, take);
    if (!list && !rest.is_object()) throw InputError(path + ": is no issue and no list of issues");
    if (!list) import.add(rest);
  } catch (const json::exception& problem) {
    throw InputError(path + ": is not JSON (" + shortened(problem.what(), 120) + ")");
  }
  ImportResult result = import.finish(map);
  transaction.commit();
  return result;
}

}  // namespace kerasan::study
