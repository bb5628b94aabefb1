// What several raters said about the same items, as counted patterns.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace kerasan::study {

constexpr int kMissing = -1;

// Items that were rated alike are one pattern with a count, so a million items cost no more than
// the few ways of rating that occur. All statistics below follow from the counts.
class Ratings {
 public:
  // Categories in the order of the scale; their values (for interval data) default to 1, 2, …
  Ratings(std::size_t raters, std::vector<std::string> categories, std::vector<double> values = {});

  // One code of a category, or kMissing, for each rater.
  void add(std::span<const int> codes, std::int64_t count = 1);
  // The code of a category; kMissing for "" and for what is none.
  int code(const std::string& category) const;

  struct Pattern {
    std::vector<int> codes;
    double count;
  };

  std::size_t raters() const { return raters_; }
  const std::vector<std::string>& categories() const { return categories_; }
  const std::vector<double>& values() const { return values_; }
  const std::vector<Pattern>& patterns() const { return patterns_; }
  double items() const;
  // The same patterns with other counts.
  Ratings recounted(const std::vector<double>& counts) const;
  Ratings pair(std::size_t a, std::size_t b) const;

 private:
  std::size_t find(std::span<const int> codes);

  std::size_t raters_;
  std::vector<std::string> categories_;
  std::vector<double> values_;
  std::vector<Pattern> patterns_;
  std::vector<std::size_t> slots_;  // open addressing over patterns_
};

}  // namespace kerasan::study
