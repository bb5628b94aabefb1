#include "study/store/rating_scan.h"

#include <algorithm>

#include "study/store/given_ratings.h"

namespace kerasan::study {

RatingScan::RatingScan(const Database& database, std::int64_t stage, std::int64_t at,
                       std::int64_t after)
    : stage_(stage),
      items_(
          database.prepare("SELECT id, given FROM item WHERE id > ? AND event <= ? ORDER BY id")),
      later_(database.prepare("SELECT item, rater, value FROM later WHERE item > ? AND stage = ? "
                              "AND event <= ? ORDER BY item, rater, event")) {
  items_.with(after, at);
  more_later_ = later_.with(after, stage, at).step();
}

bool RatingScan::next() {
  count_ = 0;
  if (!items_.step()) return false;
  item_ = items_.integer(0);
  read_given(items_.view(1),
             [this](std::int64_t stage, std::int64_t rater, std::string_view value) {
               if (stage == stage_) put(rater, value);
             });
  while (more_later_ && later_.integer(0) <= item_) {
    if (later_.integer(0) == item_) put(later_.integer(1), later_.view(2));
    more_later_ = later_.step();
  }
  remove_taken_back();
  return true;
}

std::string_view RatingScan::of(std::int64_t rater) const {
  for (const One& one : ratings()) {
    if (one.rater == rater) return one.value;
  }
  return {};
}

void RatingScan::put(std::int64_t rater, std::string_view value) {
  for (std::size_t i = 0; i < count_; ++i) {
    if (ratings_[i].rater != rater) continue;
    ratings_[i].value = value;
    return;
  }
  if (count_ == ratings_.size()) ratings_.emplace_back();
  ratings_[count_].rater = rater;
  ratings_[count_].value = value;
  ++count_;
}

void RatingScan::remove_taken_back() {
  for (std::size_t i = 0; i < count_;) {
    if (ratings_[i].value.empty()) {
      std::swap(ratings_[i], ratings_[--count_]);
    } else {
      ++i;
    }
  }
}

}  // namespace kerasan::study
