// Generic tables and lists of issues.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "study/import/csv.h"
#include "study/import/issue_json.h"
#include "study/import/text.h"
#include "study/store/import.h"

namespace kerasan::study {
namespace {

constexpr std::size_t kMostJson = std::size_t{256} << 20;

// What each column of a table is.
class Columns {
 public:
  Columns(const Project& project, const std::vector<std::string>& header, const std::string& file) {
    const Settings settings = project.settings();
    for (std::size_t i = 0; i < header.size(); ++i) place(project, settings, trimmed(header[i]), i);
    if (key_ < 0) {
      throw InputError(file +
                       ":1: no column \"key\", \"id\", \"number\" or \"url\" tells the items "
                       "apart");
    }
    if (fields_[1] < 0) throw InputError(file + ":1: there is no column \"title\"");
  }

  Item item(const std::vector<std::string>& row) const {
    Item out;
    out.key = trimmed(row[static_cast<std::size_t>(key_)]);
    std::string* const targets[] = {&out.url,  &out.title,   &out.labels,
                                    &out.body, &out.created, &out.closed};
    for (std::size_t i = 0; i < std::size(targets); ++i) {
      if (fields_[i] >= 0) *targets[i] = row[static_cast<std::size_t>(fields_[i])];
    }
    return out;
  }

  struct Rating {
    std::size_t column;
    std::int64_t stage;
    std::int64_t rater;
    StageSettings settings;
  };
  const std::vector<Rating>& ratings() const { return ratings_; }
  const std::vector<std::pair<std::size_t, std::string>>& facts() const { return facts_; }

 private:
  static constexpr const char* kFields[] = {"url", "title", "labels", "body", "created", "closed"};
  static constexpr const char* kKeys[] = {"key", "id", "number", "url"};

  void place(const Project& project, const Settings& settings, const std::string& name,
             std::size_t column) {
    const std::string lower = lowered(name);
    bool taken = false;
    const auto rank = std::find(std::begin(kKeys), std::end(kKeys), lower) - std::begin(kKeys);
    if (rank < 4) {
      taken = true;
      if (rank < key_rank_) {
        key_ = static_cast<int>(column);
        key_rank_ = rank;
      }
    }
    for (std::size_t i = 0; i < std::size(kFields); ++i) {
      if (lower == kFields[i]) {
        fields_[i] = static_cast<int>(column);
        taken = true;
      }
    }
    for (const StageSettings& stage : settings.stages) {
      for (const std::string& rater : stage.raters) {
        const bool vote = stage.name == kInclusion && name == rater;
        if (!vote && name != stage.name + ":" + rater) continue;
        ratings_.push_back({column, project.stage_id(stage.name), project.rater_id(rater), stage});
        taken = true;
      }
    }
    if (!taken && !name.empty()) facts_.emplace_back(column, name);
  }

  int key_ = -1;
  std::ptrdiff_t key_rank_ = 4;
  int fields_[6] = {-1, -1, -1, -1, -1, -1};
  std::vector<Rating> ratings_;
  std::vector<std::pair<std::size_t, std::string>> facts_;
};

std::string place_of(const std::string& file, long row) { return file + ":" + std::to_string(row); }

std::int64_t add_ratings(ItemWriter& writer, const Columns& columns,
                         const std::vector<std::string>& row, std::int64_t item,
                         const std::string& where) {
  std::int64_t count = 0;
  for (const Columns::Rating& rating : columns.ratings()) {
    const std::string& value = row[rating.column];
    if (value.empty()) continue;
    const auto& known = rating.settings.categories;
    if (!known.empty() && std::find(known.begin(), known.end(), value) == known.end()) {
      throw InputError(where + ": \"" + shortened(value) + "\" is no category of " +
                       rating.settings.name);
    }
    writer.rate(item, rating.stage, rating.rater, value);
    ++count;
  }
  return count;
}

Item github_item(const GithubIssue& issue) {
  std::string labels;
  for (const std::string& one : issue.labels) labels += (labels.empty() ? "" : "^") + one;
  return {0, issue.url, issue.title, issue.url, labels, issue.body, issue.created, issue.closed};
}

// A generic object: texts and numbers under the same names as a table's columns.
void add_object(ItemWriter& writer, const nlohmann::json& object, const std::string& where,
                long index, ImportResult& result) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) fields.emplace_back(name, value.get<std::string>());
    if (value.is_number() || value.is_boolean()) fields.emplace_back(name, value.dump());
    if (value.is_structured()) {
      result.findings.push_back(
          {"field-not-taken", where, "", index, name, "is no text or number"});
    }
  }
  const auto get = [&](const char* name) {
    for (const auto& [key, value] : fields) {
      if (lowered(key) == name) return value;
    }
    return std::string();
  };
  Item item{0,           get("key"),     get("title"), get("url"), get("labels"),
            get("body"), get("created"), get("closed")};
  for (const char* name : {"id", "number", "url"}) {
    if (item.key.empty()) item.key = get(name);
  }
  if (item.key.empty() || item.title.empty()) {
    throw InputError(where + ": object " + std::to_string(index) + " has no key or no title");
  }
  std::int64_t id = 0;
  const bool added = writer.add(item, id, result.findings, where, index);
  ++(added ? result.added : result.known);
  if (!added) return;
  for (const auto& [name, value] : fields) {
    const std::string lower = lowered(name);
    const char* const taken[] = {"key", "title", "url", "labels", "body", "created", "closed"};
    if (std::find(std::begin(taken), std::end(taken), lower) == std::end(taken)) {
      writer.fact(id, name, value);
    }
  }
}

}  // namespace

ItemWriter::ItemWriter(const Project& project, EventId event)
    : project_(project),
      event_(event),
      insert_(project.database().prepare(
          "INSERT OR IGNORE INTO item(key, title, url, labels, body, created, closed, event) "
          "VALUES(?, ?, ?, ?, ?, ?, ?, ?)")),
      rate_(project.database().prepare("INSERT INTO rating VALUES(?, ?, ?, ?, ?)")),
      fact_(project.database().prepare("INSERT INTO fact VALUES(?, ?, ?, ?)")) {}

bool ItemWriter::add(const Item& item, std::int64_t& id, DataFindings& findings,
                     const std::string& file, long row) {
  const std::int64_t before = project_.database().changes();
  insert_
      .with(item.key, item.title, item.url, item.labels, item.body, item.created, item.closed,
            event_)
      .run();
  if (project_.database().changes() > before) {
    id = project_.database().last_row();
    return true;
  }
  const auto known = project_.find(item.key);
  id = known->id;
  if (known->title != item.title || known->url != item.url || known->labels != item.labels) {
    findings.push_back(
        {"item-differs", file, "", row, "",
         "\"" + shortened(item.key) + "\" is there with other content, which stays"});
  }
  return false;
}

void ItemWriter::rate(std::int64_t item, std::int64_t stage, std::int64_t rater,
                      std::string_view value) {
  rate_.with(item, stage, rater, event_, value).run();
}

void ItemWriter::fact(std::int64_t item, std::string_view field, std::string_view value) {
  fact_.with(item, field, event_, value).run();
}

ImportResult import_table(Project& project, const std::string& path, const std::string& who) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError(path + ": cannot be opened");
  CsvReader reader(in, path);
  std::vector<std::string> row;
  if (!reader.next(row)) throw InputError(path + ": is empty");
  const std::size_t width = row.size();
  ImportResult result;
  Transaction transaction(project.database());
  const Columns columns(project, row, path);
  ItemWriter writer(project, project.append({0, "", who, "import", "", "", path, ""}, 0));
  while (reader.next(row)) {
    if (row.size() == 1 && row[0].empty() && width > 1) continue;
    if (row.size() != width) {
      throw InputError(place_of(path, reader.row()) + ": " + std::to_string(row.size()) +
                       " fields where the header has " + std::to_string(width));
    }
    const Item item = columns.item(row);
    if (item.key.empty()) throw InputError(place_of(path, reader.row()) + ": the key is empty");
    std::int64_t id = 0;
    if (!writer.add(item, id, result.findings, path, reader.row())) {
      ++result.known;
      continue;
    }
    ++result.added;
    result.ratings += add_ratings(writer, columns, row, id, place_of(path, reader.row()));
    for (const auto& [column, name] : columns.facts()) {
      if (!row[column].empty()) writer.fact(id, name, row[column]);
    }
  }
  transaction.commit();
  return result;
}

ImportResult import_json(Project& project, const std::string& path, const std::string& who) {
  nlohmann::json json;
  const std::string bytes = file_bytes(path, kMostJson);
  try {
    json = nlohmann::json::parse(bytes);
  } catch (const nlohmann::json::exception& error) {
    throw InputError(path + ": is not JSON (" + shortened(error.what(), 120) + ")");
  }
  if (json.is_object()) json = nlohmann::json::array({std::move(json)});
  if (!json.is_array()) throw InputError(path + ": is no issue and no list of issues");
  ImportResult result;
  Transaction transaction(project.database());
  ItemWriter writer(project, project.append({0, "", who, "import", "", "", path, ""}, 0));
  long index = 0;
  for (const nlohmann::json& one : json) {
    ++index;
    const std::string where = path + ": object " + std::to_string(index);
    if (!one.is_object()) throw InputError(where + " is none");
    if (!one.contains("html_url")) {
      add_object(writer, one, path, index, result);
      continue;
    }
    std::int64_t id = 0;
    const Item item = github_item(parse_issue(one.dump(), where));
    ++(writer.add(item, id, result.findings, path, index) ? result.added : result.known);
  }
  transaction.commit();
  return result;
}

ImportResult import_into(Project& project, const std::string& path, const std::string& who) {
  check_name(who, "name");
  if (std::filesystem::is_directory(path)) return import_package(project, path, who);
  const std::string lower = lowered(path);
  if (lower.ends_with(".json")) return import_json(project, path, who);
  if (lower.ends_with(".csv") || lower.ends_with(".tsv")) return import_table(project, path, who);
  throw InputError(path + ": is neither a table (.csv), nor issues (.json), nor a folder");
}

}  // namespace kerasan::study
