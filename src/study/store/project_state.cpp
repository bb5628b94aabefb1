// What a project says of its items, now or as it stood.
#include <algorithm>
#include <set>

#include "study/import/text.h"
#include "study/store/project.h"
#include "study/store/rating_scan.h"

namespace kerasan::study {
namespace {

constexpr const char* kItem =
    "item.id, item.key, item.title, item.url, item.labels, item.body, item.created, item.closed";

Item item_of(const Statement& row) {
  return {row.integer(0), row.text(1), row.text(2), row.text(3),
          row.text(4),    row.text(5), row.text(6), row.text(7)};
}

std::vector<Item> items_of(Statement& rows) {
  std::vector<Item> out;
  while (rows.step()) out.push_back(item_of(rows));
  return out;
}

}  // namespace

const char* outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::pending:
      return "pending";
    case Outcome::excluded:
      return "excluded";
    case Outcome::discuss:
      return "discuss";
    case Outcome::included:
      return "included";
  }
  return "";
}

Outcome outcome_of(const Settings& settings, const StageState& inclusion) {
  if (!inclusion.decision.empty()) {
    return inclusion.decision == "1" ? Outcome::included : Outcome::excluded;
  }
  int yes = 0;
  std::size_t given = 0;
  for (const std::string& rater : settings.stages[0].raters) {
    const auto vote = inclusion.ratings.find(rater);
    if (vote == inclusion.ratings.end() || vote->second.empty()) continue;
    ++given;
    yes += vote->second == "1" ? 1 : 0;
  }
  if (given < settings.stages[0].raters.size()) return Outcome::pending;
  if (yes >= settings.include_at) return Outcome::included;
  return yes >= settings.discuss_at ? Outcome::discuss : Outcome::excluded;
}

std::string ItemState::final_value(const StageSettings& stage) const {
  const auto found = stages.find(stage.name);
  if (found == stages.end()) return "";
  if (!found->second.decision.empty()) return found->second.decision;
  std::string value;
  for (const std::string& rater : stage.raters) {
    const auto rating = found->second.ratings.find(rater);
    if (rating == found->second.ratings.end() || rating->second.empty()) return "";
    if (!value.empty() && label_key(value) != label_key(rating->second)) return "";
    value = rating->second;
  }
  return value;
}

EventId Project::last_event() const {
  Statement find = database_.prepare("SELECT coalesce(max(id), 0) FROM event");
  find.step();
  return find.integer(0);
}

std::int64_t Project::item_count() const {
  // Numbers are given without gaps, and nothing is removed.
  Statement find = database_.prepare("SELECT coalesce(max(id), 0) FROM item");
  find.step();
  return find.integer(0);
}

std::optional<Item> Project::find(const std::string& key) const {
  Statement row = database_.prepare(std::string("SELECT ") + kItem + " FROM item WHERE key = ?");
  if (!row.with(key).step()) return std::nullopt;
  return item_of(row);
}

std::vector<Item> Project::items(std::int64_t after, int limit) const {
  Statement rows = database_.prepare(std::string("SELECT ") + kItem +
                                     " FROM item WHERE id > ? ORDER BY id LIMIT ?");
  return items_of(rows.with(after, limit));
}

Item Project::item(std::int64_t id) const {
  Statement row = database_.prepare(std::string("SELECT ") + kItem + " FROM item WHERE id = ?");
  if (!row.with(id).step()) throw InputError(database_.path() + ": an item is missing");
  return item_of(row);
}

void Project::read_ratings(ItemState& state, EventId at) const {
  Statement rows = database_.prepare(
      "SELECT stage.name, rater.name, rating.value FROM rating JOIN stage ON stage.id = stage "
      "JOIN rater ON rater.id = rater WHERE item = ? AND event <= ? ORDER BY event");
  rows.with(state.item.id, at);
  while (rows.step()) state.stages[rows.text(0)].ratings[rows.text(1)] = rows.text(2);
}

void Project::read_decisions(ItemState& state, EventId at) const {
  Statement rows = database_.prepare(
      "SELECT stage.name, value, who, event.id, note FROM event JOIN stage ON stage.id = stage "
      "WHERE item = ? AND kind = 'decide' AND event.id <= ? ORDER BY event.id");
  rows.with(state.item.id, at);
  while (rows.step()) {
    StageState& stage = state.stages[rows.text(0)];
    stage.decision = rows.text(1);
    stage.decided_by = rows.text(2);
    stage.decided = rows.integer(3);
    stage.note = rows.text(4);
  }
}

ItemState Project::state(const Item& item, EventId at) const {
  ItemState state;
  state.item = item;
  read_ratings(state, at);
  read_decisions(state, at);
  Statement facts = database_.prepare(
      "SELECT field, value FROM fact WHERE item = ? AND event <= ? ORDER BY event");
  facts.with(item.id, at);
  while (facts.step()) state.facts[facts.text(0)] = facts.text(1);
  state.outcome = outcome_of(settings(at), state.stages[kInclusion]);
  return state;
}

std::vector<Item> Project::included(EventId at) const {
  // Only items with a vote for them or a decision can be in.
  std::set<std::int64_t> candidates;
  const std::int64_t stage = known("stage", kInclusion);
  for (RatingScan scan(database_, stage, at); scan.next();) {
    for (const RatingScan::One& one : scan.ratings()) {
      if (one.value == "1") candidates.insert(scan.item());
    }
  }
  Statement decided =
      database_.prepare("SELECT DISTINCT item FROM event WHERE kind = 'decide' AND stage = ?");
  decided.with(stage);
  while (decided.step()) candidates.insert(decided.integer(0));
  std::vector<Item> out;
  for (const std::int64_t id : candidates) {
    Item item = this->item(id);
    if (state(item, at).outcome == Outcome::included) out.push_back(std::move(item));
  }
  return out;
}

std::vector<Item> Project::queue(const std::string& stage, const std::string& rater, int limit,
                                 std::int64_t after) const {
  std::vector<Item> out;
  if (stage == kInclusion) {
    const std::int64_t who = known("rater", rater);
    RatingScan scan(database_, known("stage", stage), kNow, after);
    while (static_cast<int>(out.size()) < limit && scan.next()) {
      if (scan.of(who).empty()) out.push_back(item(scan.item()));
    }
    return out;
  }
  for (Item& item : included()) {
    if (static_cast<int>(out.size()) == limit) break;
    if (item.id <= after) continue;
    const ItemState now = state(item);
    const auto found = now.stages.find(stage);
    bool rated = false;
    if (found != now.stages.end()) {
      const auto own = found->second.ratings.find(rater);
      rated = own != found->second.ratings.end() && !own->second.empty();
    }
    if (!rated) out.push_back(std::move(item));
  }
  return out;
}

std::int64_t Project::rated_count(const std::string& stage, const std::string& rater) const {
  const std::int64_t who = known("rater", rater);
  std::int64_t count = 0;
  for (RatingScan scan(database_, known("stage", stage), kNow); scan.next();) {
    count += scan.of(who).empty() ? 0 : 1;
  }
  return count;
}

std::vector<std::string> Project::values(const std::string& stage, std::size_t limit) const {
  const std::int64_t id = known("stage", stage);
  std::set<std::string> found;
  for (RatingScan scan(database_, id, kNow); scan.next();) {
    for (const RatingScan::One& one : scan.ratings()) found.insert(one.value);
  }
  Statement decided = database_.prepare(
      "SELECT DISTINCT value FROM event WHERE kind = 'decide' AND stage = ? AND value <> ''");
  decided.with(id);
  while (decided.step()) found.insert(decided.text(0));
  std::vector<std::string> out;
  for (const std::string& one : found) {
    if (out.size() < limit) out.push_back(one);
  }
  return out;
}

std::vector<ItemState> Project::conflicts(const std::string& stage, int limit) const {
  const Settings now = settings();
  const StageSettings& chosen = now.stage(stage);
  std::vector<ItemState> out;
  RatingScan scan(database_, known("stage", stage), kNow);
  while (static_cast<int>(out.size()) < limit && scan.next()) {
    std::set<std::string> given;
    for (const RatingScan::One& one : scan.ratings()) given.insert(label_key(one.value));
    if (given.size() < 2) continue;
    ItemState one = state(item(scan.item()));
    StageState& at_stage = one.stages[stage];
    if (stage == kInclusion) {
      const bool decided = !at_stage.decision.empty();
      at_stage.decision.clear();
      const bool open = outcome_of(now, at_stage) == Outcome::discuss;
      if (open && !decided) out.push_back(std::move(one));
      continue;
    }
    if (at_stage.decision.empty() && one.final_value(chosen).empty()) out.push_back(std::move(one));
  }
  return out;
}

std::vector<Event> Project::history(const std::string& key, EventId before, int limit) const {
  std::string where = "event.id < ?1";
  std::int64_t item = 0;
  if (!key.empty()) {
    item = required(key).id;
    where += " AND event.item = ?3";
  }
  Statement rows = database_.prepare(
      "SELECT event.id, at, who, kind, coalesce(item.key, ''), coalesce(stage.name, ''), value, "
      "note "
      "FROM event LEFT JOIN item ON item.id = event.item LEFT JOIN stage ON stage.id = event.stage "
      "WHERE " +
      where + " ORDER BY event.id DESC LIMIT ?2");
  rows.with(before, limit);
  if (item > 0) rows.bind(3, item);
  std::vector<Event> out;
  while (rows.step()) {
    out.push_back({rows.integer(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4),
                   rows.text(5), rows.text(6), rows.text(7)});
  }
  return out;
}

std::vector<Item> Project::search(const std::string& words, int limit) {
  std::string query;
  std::string word;
  for (const char c : words + " ") {
    const bool part = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      static_cast<unsigned char>(c) >= 0x80 || c == '_';
    if (part) {
      word += c;
    } else if (!word.empty()) {
      query += "\"" + std::exchange(word, "") + "\"* ";
    }
  }
  if (query.empty() || invalid_utf8(words) != std::string::npos) return {};
  Statement indexed = database_.prepare("SELECT max(item) FROM indexed");
  indexed.step();
  if (indexed.integer(0) < item_count()) {
    indexed.reset();
    Transaction transaction(database_);
    database_.execute(
        "INSERT INTO words(rowid, title, body, labels) SELECT id, title, body, labels FROM item "
        "WHERE id > (SELECT max(item) FROM indexed);"
        "INSERT INTO indexed SELECT max(id) FROM item");
    transaction.commit();
  }
  Statement rows = database_.prepare(std::string("SELECT ") + kItem +
                                     " FROM words JOIN item ON item.id = words.rowid WHERE words "
                                     "MATCH ? ORDER BY rank LIMIT ?");
  return items_of(rows.with(query, limit));
}

}  // namespace kerasan::study
