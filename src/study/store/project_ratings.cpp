// All ratings of a stage, in one pass over the table however many there are.
#include <map>
#include <set>

#include "study/import/text.h"
#include "study/store/project.h"
#include "study/store/rating_scan.h"

namespace kerasan::study {
namespace {

// Where no categories are given, those that occur; spellings that differ by case are one.
std::vector<std::string> categories_of(const Database& database, std::int64_t stage, EventId at) {
  std::set<std::string> found;
  if (stage == 0) return {};
  for (RatingScan scan(database, stage, at); scan.next();) {
    for (const RatingScan::One& one : scan.ratings()) {
      if (!blank(one.value)) found.insert(label_key(one.value));
    }
  }
  return {found.begin(), found.end()};
}

class Collector {
 public:
  Collector(StageRatings& stage, bool free_text, std::size_t most_conflicts)
      : stage_(stage), free_text_(free_text), most_conflicts_(most_conflicts) {}

  void take(const RatingScan& scan, const std::map<std::int64_t, int>& places) {
    codes_.assign(stage_.raters.size(), kMissing);
    int first = kMissing;
    bool differ = false;
    for (const RatingScan::One& one : scan.ratings()) {
      const auto place = places.find(one.rater);
      if (place == places.end()) continue;
      const int code = code_of(one.value);
      codes_[static_cast<std::size_t>(place->second)] = code;
      if (code == kMissing) continue;
      if (first == kMissing) first = code;
      differ = differ || code != first;
    }
    if (first == kMissing) return;
    stage_.ratings.add(codes_);
    if (differ && conflicts_.size() < most_conflicts_) conflicts_.emplace_back(scan.item(), codes_);
  }

  const std::vector<std::pair<std::int64_t, std::vector<int>>>& conflicts() const {
    return conflicts_;
  }

 private:
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
  std::vector<int> codes_;
  std::vector<std::pair<std::int64_t, std::vector<int>>> conflicts_;
};

}  // namespace

StageRatings Project::stage_ratings(const std::string& name, EventId at,
                                    std::size_t most_conflicts) const {
  const Settings then = settings(at);
  const StageSettings& chosen = then.stage(name);
  const std::int64_t id = known("stage", name);  // 0: nobody has rated
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
    places[known("rater", chosen.raters[i])] = static_cast<int>(i);
  }
  Collector collector(stage, free_text, most_conflicts);
  if (id == 0) return stage;
  for (RatingScan scan(database_, id, at); scan.next();) collector.take(scan, places);
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
