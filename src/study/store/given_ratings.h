// The ratings that came with an item, kept in its own row as a JSON list of [stage, rater, value]:
// a table of a million items and three raters is a million rows, not four.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace kerasan::study {

class GivenRatings {
 public:
  GivenRatings() { clear(); }
  void clear();
  void add(std::int64_t stage, std::int64_t rater, std::string_view value);
  std::string_view json() const { return json_; }

 private:
  std::string json_;
};

using TakeRating =
    std::function<void(std::int64_t stage, std::int64_t rater, std::string_view value)>;
// What json() gave; InputError for anything else.
void read_given(std::string_view json, const TakeRating& take);

}  // namespace kerasan::study
