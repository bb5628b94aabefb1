#include "study/store/project.h"

#include <chrono>
#include <fstream>

#include "study/import/text.h"
#include "study/store/schema.h"

namespace kerasan::study {
namespace {

constexpr std::size_t kMostText = 10000;  // bytes of a value or note

std::string now() {
  const auto time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

void check_text(const std::string& text, const char* what) {
  if (text.size() > kMostText) throw InputError(std::string(what) + " is too long");
  if (invalid_utf8(text) != std::string::npos || text.find('\0') != std::string::npos) {
    throw InputError(std::string(what) + " is not UTF-8 text");
  }
}

void check_category(const StageSettings& stage, const std::string& value) {
  check_text(value, "the value");
  if (value.empty() || stage.categories.empty()) return;
  for (const std::string& one : stage.categories) {
    if (one == value) return;
  }
  throw InputError("\"" + shortened(value) + "\" is no category of " + stage.name);
}

}  // namespace

bool is_project(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  char start[16] = {};
  return in.read(start, sizeof start) && std::string(start, 15) == "SQLite format 3";
}

Project Project::create(const std::string& path, const Settings& settings, const std::string& who) {
  check_name(who, "name");
  Project project(Database(path, Database::Mode::create));
  Transaction transaction(project.database_);
  project.database_.execute("PRAGMA application_id=" + std::to_string(kApplicationId));
  project.database_.execute(kSchema);
  for (const std::string table : kKept) {
    for (const std::string act : {"UPDATE", "DELETE"}) {
      project.database_.execute("CREATE TRIGGER no_" + act + "_" + table + " BEFORE " + act +
                                " ON " + table +
                                " BEGIN SELECT RAISE(ABORT, 'a study is only added to'); END");
    }
  }
  project.append({0, "", who, "settings", "", "", to_json(settings).dump(), ""}, 0);
  transaction.commit();
  return project;
}

Project::Project(const std::string& path) : database_(path, Database::Mode::open) {
  Statement id = database_.prepare("PRAGMA application_id");
  if (!id.step() || id.integer(0) != kApplicationId) {
    throw InputError(path + ": is no project of a study");
  }
}

std::int64_t Project::known(const char* table, const std::string& name) const {
  Statement find = database_.prepare("SELECT id FROM " + std::string(table) + " WHERE name = ?");
  return find.with(name).step() ? find.integer(0) : 0;
}

std::int64_t Project::intern(const char* table, const std::string& name) const {
  if (const std::int64_t id = known(table, name); id != 0) return id;
  database_.prepare("INSERT INTO " + std::string(table) + "(name) VALUES(?)").with(name).run();
  return database_.last_row();
}

std::int64_t Project::stage_id(const std::string& name) const { return intern("stage", name); }
std::int64_t Project::rater_id(const std::string& name) const { return intern("rater", name); }

EventId Project::append(const Event& event, std::int64_t item) const {
  Statement insert = database_.prepare(
      "INSERT INTO event(at, who, kind, item, stage, value, note) VALUES(?, ?, ?, ?, ?, ?, ?)");
  insert.with(now(), event.who, event.kind);
  item > 0 ? insert.bind(4, item) : insert.bind_null(4);
  event.stage.empty() ? insert.bind_null(5) : insert.bind(5, stage_id(event.stage));
  insert.bind(6, event.value).bind(7, event.note).step();
  return database_.last_row();
}

Settings Project::settings(EventId at) const {
  Statement find = database_.prepare(
      "SELECT value FROM event WHERE kind = 'settings' AND id <= ? ORDER BY id DESC LIMIT 1");
  if (!find.with(at).step()) throw InputError(database_.path() + ": has no settings then");
  return settings_from_json(nlohmann::json::parse(find.view(0)), database_.path());
}

EventId Project::configure(const Settings& settings, const std::string& who) {
  check_name(who, "name");
  const Settings checked = settings_from_json(to_json(settings), "settings");
  Transaction transaction(database_);
  const EventId id = append({0, "", who, "settings", "", "", to_json(checked).dump(), ""}, 0);
  transaction.commit();
  return id;
}

Item Project::required(const std::string& key) const {
  auto found = find(key);
  if (!found) throw InputError("no item has the key \"" + shortened(key) + "\"");
  return *found;
}

EventId Project::rate(const std::string& key, const std::string& stage, const std::string& rater,
                      const std::string& value, const std::string& note) {
  check_text(note, "the note");
  Transaction transaction(database_);
  const StageSettings chosen = settings().stage(stage);
  bool known = false;
  for (const std::string& one : chosen.raters) known = known || one == rater;
  if (!known) throw InputError("\"" + shortened(rater) + "\" is no rater of " + stage);
  check_category(chosen, value);
  const Item item = required(key);
  const EventId id = append({0, "", rater, "rate", key, stage, value, note}, item.id);
  database_.prepare("INSERT INTO later VALUES(?, ?, ?, ?, ?)")
      .with(item.id, stage_id(stage), rater_id(rater), id, value)
      .run();
  transaction.commit();
  return id;
}

EventId Project::decide(const std::string& key, const std::string& stage, const std::string& who,
                        const std::string& value, const std::string& note,
                        std::optional<EventId> seen) {
  check_name(who, "name");
  check_text(note, "the note");
  Transaction transaction(database_);
  check_category(settings().stage(stage), value);
  const Item item = required(key);
  const StageState before = state(item).stages[stage];
  if (seen && *seen != before.decided) {
    throw DecidedMeanwhile(before.decided_by + " decided " + stage + " as \"" + before.decision +
                           "\" meanwhile");
  }
  const EventId id = append({0, "", who, "decide", key, stage, value, note}, item.id);
  transaction.commit();
  return id;
}

EventId Project::set_fact(const std::string& key, const std::string& field, const std::string& who,
                          const std::string& value) {
  check_name(who, "name");
  check_name(field, "field");
  check_text(value, "the value");
  Transaction transaction(database_);
  const Item item = required(key);
  const EventId id = append({0, "", who, "fact", key, "", value, field}, item.id);
  database_.prepare("INSERT INTO fact VALUES(?, ?, ?, ?)").with(item.id, field, id, value).run();
  transaction.commit();
  return id;
}

}  // namespace kerasan::study
