// All ratings of a stage, in one pass over the table however many there are.
#include <map>
#include <set>

#include "study/import/text.h"
#include "study/store/project.h"

namespace kerasan::study {
namespace {

// Where no categories are given, those that occur; spellings that differ by case are one.
std::vector<std::string> categories_of(const Database& database, std::int64_t stage, EventId at) {
  Statement rows =
      database.prepare("SELECT DISTINCT value FROM rating WHERE stage = ? AND event <= ?");
  std::set<std::string> found;
  rows.with(stage, at);
  while (rows.step()) {
    if (!blank(rows.view(0))) found.insert(label_key(rows.view(0)));
  }
  return {found.begin(), found.end()};
}

class Collector {
 public:
  Collector(StageRatings& stage, bool free_text, std::size_t most_conflicts)
      : stage_(stage), free_text_(free_text), most_conflicts_(most_conflicts) {
    begin(0);
  }

  void add(std::int64_t item, int rater, std::string_view value) {
    if (item != item_) {
      flush();
      begin(item);
    }
    if (rater < 0) return;
    int& code = codes_[static_cast<std::size_t>(rater)];
    code = value.empty() ? kMissing : code_of(value);
  }

  void flush() {
    int first = kMissing;
    bool differ = false;
    for (const int code : codes_) {
      if (code == kMissing) continue;
      if (first == kMissing) first = code;
      differ = differ || code != first;
    }
    if (first == kMissing) return;
    stage_.ratings.add(codes_);
    if (differ && conflicts_.size() < most_conflicts_) conflicts_.emplace_back(item_, codes_);
  }

  const std::vector<std::pair<std::int64_t, std::vector<int>>>& conflicts() const {
    return conflicts_;
  }

 private:
  void begin(std::int64_t item) {
    item_ = item;
    codes_.assign(stage_.raters.size(), kMissing);
  }

  int code_of(std::string_view value) {
    const auto& categories = stage_.ratings.categories();
    for (std::size_t i = 0; i < categories.size(); ++i) {
      if (categories[i] == value) return static_cast<int>(i);
    }
    return free_text_ ? stage_.ratings.code(label_key(value)) : kMissing;
  }

  StageRatings& stage_;
  bool free_text_;
  std::size_t most_conflicts_;
  std::int64_t item_ = 0;
  std::vector<int> codes_;
  std::vector<std::pair<std::int64_t, std::vector<int>>> conflicts_;
};

}  // namespace

StageRatings Project::stage_ratings(const std::string& name, EventId at,
                                    std::size_t most_conflicts) const {
  const Settings then = settings(at);
  const StageSettings& chosen = then.stage(name);
  const std::int64_t id = stage_id(name);
  const bool free_text = chosen.categories.empty();
  auto categories = free_text ? categories_of(database_, id, at) : chosen.categories;
  StageRatings stage{name,
                     chosen.level,
                     chosen.raters,
                     Ratings(chosen.raters.size(), std::move(categories)),
                     {},
                     free_text ? "Spellings that differ only by case are one label." : ""};
  std::map<std::int64_t, int> places;
  for (std::size_t i = 0; i < chosen.raters.size(); ++i) {
    places[rater_id(chosen.raters[i])] = static_cast<int>(i);
  }
  Collector collector(stage, free_text, most_conflicts);
  // In the order of the key, so the latest of a rater comes last.
  Statement rows = database_.prepare(
      "SELECT item, rater, value FROM rating WHERE stage = ? AND event <= ? ORDER BY item, rater, "
      "event");
  rows.with(id, at);
  while (rows.step()) {
    const auto place = places.find(rows.integer(1));
    collector.add(rows.integer(0), place == places.end() ? -1 : place->second, rows.view(2));
  }
  collector.flush();
  Statement key = database_.prepare("SELECT key FROM item WHERE id = ?");
  for (const auto& [item, codes] : collector.conflicts()) {
    Conflict conflict;
    if (key.with(item).step()) conflict.item = key.text(0);
    for (const int code : codes) {
      conflict.given.push_back(
          code == kMissing ? "" : stage.ratings.categories()[static_cast<std::size_t>(code)]);
    }
    stage.conflicts.push_back(std::move(conflict));
  }
  return stage;
}

}  // namespace kerasan::study
