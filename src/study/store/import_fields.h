// What the columns of a table, or the members of an object, are in a project.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "study/store/import.h"

namespace kerasan::study {

enum class Field { key, title, url, labels, body, created, closed };

struct Role {
  enum Kind { field, rating, fact } kind = fact;
  Field is = Field::key;
  int rank = 0;           // of a key: "key" before "id", "number", "url"
  std::string name = {};  // of a fact
  std::int64_t stage = 0;
  std::int64_t rater = 0;
  StageSettings settings = {};
};

class Roles {
 public:
  // The caller holds the transaction: raters and stages may be named for the first time.
  Roles(const Project& project, const ColumnMap& map);
  // Of a column, by its name or by what the user said that it is.
  std::vector<Role> of(const std::string& column) const;
  // InputError when the user named a column that is not among these.
  void check_named(const std::vector<std::string>& columns, const std::string& file) const;

 private:
  const Project& project_;
  Settings settings_;
  std::map<std::string, std::string> meant_;  // by column
};

// One item as it is read; its memory is used again for the next.
class IncomingItem {
 public:
  void clear();
  void take(const Role& role, std::string_view text, const std::function<std::string()>& where);
  bool titled() const { return !item_.title.empty(); }
  // Into the project, unless its key is there. InputError when it has none.
  void write(ItemWriter& writer, const std::string& file, long row, ImportResult& result);

 private:
  Item item_;
  int key_rank_ = 0;
  GivenRatings ratings_;
  std::int64_t rated_ = 0;
  std::vector<std::pair<std::string, std::string>> facts_;
  std::size_t fact_count_ = 0;
};

}  // namespace kerasan::study
