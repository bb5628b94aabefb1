// Puts issues and their ratings into a project, each file in one transaction.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "study/import/finding.h"
#include "study/store/given_ratings.h"
#include "study/store/project.h"

namespace kerasan::study {

struct ImportResult {
  std::int64_t added = 0;
  std::int64_t known = 0;  // keys that were there already
  std::int64_t ratings = 0;
  DataFindings findings;
};

// What a column is, and its name in the file: {"title", "Summary"}.
using ColumnMap = std::vector<std::pair<std::string, std::string>>;

// A table (.csv), issues (.json: of GitHub, or other objects; one or a list) or a replication
// package (a folder). Columns of a table, members of an object: key (or id, number, url), title,
// url, labels, body, created, closed; a rater's name is a column of votes, STAGE:RATER one of
// another stage; any other is kept as a fact of the item. `map` says it of columns that are called
// otherwise. InputError: nothing of the file is taken.
ImportResult import_into(Project& project, const std::string& path, const std::string& who,
                         const ColumnMap& map = {});

// The parts of import_into.
ImportResult import_table(Project& project, const std::string& path, const std::string& who,
                          const ColumnMap& map);
ImportResult import_json(Project& project, const std::string& path, const std::string& who,
                         const ColumnMap& map);
ImportResult import_package(Project& project, const std::string& path, const std::string& who);

// Adds items within the transaction that the caller holds.
class ItemWriter {
 public:
  ItemWriter(const Project& project, EventId event);
  // False: the key is there; then what differs becomes a finding, and the item stays.
  bool add(const Item& item, const GivenRatings& given, std::int64_t& id, DataFindings& findings,
           const std::string& file, long row);
  // Of an item that was added before.
  void rate(std::int64_t item, std::int64_t stage, std::int64_t rater, std::string_view value);
  void fact(std::int64_t item, std::string_view field, std::string_view value);

 private:
  const Project& project_;
  EventId event_;
  Statement insert_;
  Statement rate_;
  Statement fact_;
};

}  // namespace kerasan::study
