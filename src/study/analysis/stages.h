// The stages of a study at which several raters judge the same items, with their agreement.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "study/statistics/agreement.h"
#include "study/statistics/bootstrap.h"

namespace kerasan::study {

struct Conflict {
  std::string item;
  std::vector<std::string> given;  // one for each rater
};

struct StageRatings {
  std::string name;
  Level level = Level::nominal;
  std::vector<std::string> raters;
  Ratings ratings;
  std::vector<Conflict> conflicts;
  std::string note;  // what a reader has to know of how the ratings were read
};

struct Estimate {
  std::string name;
  std::optional<double> value;
  std::optional<Interval> interval;
};

// All coefficients that apply: Cohen's for each pair of raters, weighted where there is an order.
std::vector<Estimate> estimates(const StageRatings& stage, int samples = 1000);

// As `kerasan study agreement --json` prints it.
nlohmann::json to_json(const StageRatings& stage, int samples = 1000);

// Ratings of a table: the first column names the item, each other column is a rater. Categories:
// in the given order, or, where none are given, sorted.
StageRatings stage_of_table(const std::string& path, Level level,
                            std::vector<std::string> categories);

Level level_named(const std::string& name);  // InputError for none
const char* level_name(Level level);

}  // namespace kerasan::study
