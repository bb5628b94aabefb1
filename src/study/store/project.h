// A study in one file: append-only. Nothing in it is ever changed or removed; the present is the
// latest of what was said, and any past state is what was said up to then.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "study/analysis/stages.h"
#include "study/store/database.h"
#include "study/store/settings.h"

namespace kerasan::study {

// The number of a change; states are told by the last change that they contain.
using EventId = std::int64_t;
inline constexpr EventId kNow = INT64_MAX;

struct Event {
  EventId id = 0;
  std::string at;  // ISO 8601, UTC
  std::string who;
  std::string kind;  // settings, import, rate, decide, fact
  std::string item;  // key, "" for changes of the whole
  std::string stage;
  std::string value;
  std::string note;
};

struct Item {
  std::int64_t id = 0;
  std::string key;
  std::string title;
  std::string url;
  std::string labels;
  std::string body;
  std::string created;
  std::string closed;
};

// What the votes and the discussion say of an item.
enum class Outcome { pending, excluded, discuss, included };
const char* outcome_name(Outcome outcome);

struct StageState {
  std::map<std::string, std::string> ratings;  // by rater
  std::string decision;                        // "" for none
  std::string decided_by;
  EventId decided = 0;  // the event of the decision
  std::string note;
};

struct ItemState {
  Item item;
  Outcome outcome = Outcome::pending;
  std::map<std::string, StageState> stages;
  std::map<std::string, std::string> facts;

  // Decided, or rated alike by all who rate; "" otherwise.
  std::string final_value(const StageSettings& stage) const;
};

// Someone decided the same after the state that the writer had seen.
class DecidedMeanwhile : public InputError {
 public:
  using InputError::InputError;
};

class Project {
 public:
  static Project create(const std::string& path, const Settings& settings, const std::string& who);
  explicit Project(const std::string& path);  // InputError when it is no project

  Settings settings(EventId at = kNow) const;
  EventId configure(const Settings& settings, const std::string& who);

  // Each returns when the change is on disk. InputError: no such item, rater, stage or category.
  EventId rate(const std::string& key, const std::string& stage, const std::string& rater,
               const std::string& value, const std::string& note = "");
  // `seen`: the event of the decision that the writer knows (0: none); DecidedMeanwhile when there
  // is a newer one. Empty: whatever was decided before.
  EventId decide(const std::string& key, const std::string& stage, const std::string& who,
                 const std::string& value, const std::string& note = "",
                 std::optional<EventId> seen = std::nullopt);
  EventId set_fact(const std::string& key, const std::string& field, const std::string& who,
                   const std::string& value);

  EventId last_event() const;
  std::int64_t item_count() const;
  std::optional<Item> find(const std::string& key) const;
  std::vector<Item> items(std::int64_t after, int limit) const;  // by id
  ItemState state(const Item& item, EventId at = kNow) const;
  // Items that this person has not rated at this stage, in order; past inclusion, included ones.
  // `after`: an item's id; those behind it.
  std::vector<Item> queue(const std::string& stage, const std::string& rater, int limit,
                          std::int64_t after = 0) const;
  // Items that this person has rated at this stage and not taken back.
  std::int64_t rated_count(const std::string& stage, const std::string& rater) const;
  // What was given at this stage by anybody, decisions too; sorted, at most `limit`.
  std::vector<std::string> values(const std::string& stage, std::size_t limit) const;
  // Items of which the raters differ or, at inclusion, that wait for a discussion.
  std::vector<ItemState> conflicts(const std::string& stage, int limit) const;
  std::vector<Item> included(EventId at = kNow) const;
  StageRatings stage_ratings(const std::string& stage, EventId at = kNow,
                             std::size_t most_conflicts = 1000) const;
  std::vector<Event> history(const std::string& key, EventId before, int limit) const;
  // Full text over titles, texts and labels; each word has to occur, its end may be left out.
  std::vector<Item> search(const std::string& words, int limit);

  const Database& database() const { return database_; }
  // The parts of an import; the caller holds the transaction.
  EventId append(const Event& event, std::int64_t item) const;
  std::int64_t stage_id(const std::string& name) const;
  std::int64_t rater_id(const std::string& name) const;

 private:
  explicit Project(Database database) : database_(std::move(database)) {}
  std::int64_t known(const char* table, const std::string& name) const;  // 0: never met
  std::int64_t intern(const char* table, const std::string& name) const;
  Item required(const std::string& key) const;
  Item item(std::int64_t id) const;
  void read_ratings(ItemState& state, EventId at) const;
  void read_decisions(ItemState& state, EventId at) const;

  Database database_;
};

// Whether a file is one, told by its first bytes.
bool is_project(const std::string& path);

Outcome outcome_of(const Settings& settings, const StageState& inclusion);

}  // namespace kerasan::study
