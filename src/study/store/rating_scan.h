// All ratings of one stage, item by item, in one pass however many there are.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "study/store/database.h"

namespace kerasan::study {

class RatingScan {
 public:
  // Items with an id beyond `after`, as they stood after change `at`.
  RatingScan(const Database& database, std::int64_t stage, std::int64_t at, std::int64_t after = 0);

  // The next item, rated or not; false at the end.
  bool next();
  std::int64_t item() const { return item_; }

  struct One {
    std::int64_t rater;
    std::string value;  // the latest; never ""
  };
  std::span<const One> ratings() const { return {ratings_.data(), count_}; }
  // Empty when this one has not rated the item.
  std::string_view of(std::int64_t rater) const;

 private:
  void put(std::int64_t rater, std::string_view value);
  void remove_taken_back();

  std::int64_t stage_;
  Statement items_;
  Statement later_;
  bool more_later_;
  std::int64_t item_ = 0;
  std::vector<One> ratings_;  // used again for each item: the first count_ of them
  std::size_t count_ = 0;
};

}  // namespace kerasan::study
