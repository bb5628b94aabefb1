#include "study/store/import_fields.h"

#include <algorithm>

#include "study/import/text.h"

namespace kerasan::study {
namespace {

constexpr const char* kFields[] = {"key", "title", "url", "labels", "body", "created", "closed"};
constexpr const char* kKeys[] = {"key", "id", "number", "url"};
constexpr int kNoKey = static_cast<int>(std::size(kKeys));

std::string* target(Item& item, Field field) {
  switch (field) {
    case Field::key:
      return &item.key;
    case Field::title:
      return &item.title;
    case Field::url:
      return &item.url;
    case Field::labels:
      return &item.labels;
    case Field::body:
      return &item.body;
    case Field::created:
      return &item.created;
    case Field::closed:
      return &item.closed;
  }
  return nullptr;
}

}  // namespace

Roles::Roles(const Project& project, const ColumnMap& map)
    : project_(project), settings_(project.settings()) {
  for (const auto& [meaning, column] : map) {
    if (!meant_.emplace(column, meaning).second) {
      throw InputError("the column \"" + shortened(column) + "\" is said to be two things");
    }
  }
}

void Roles::check_named(const std::vector<std::string>& columns, const std::string& file) const {
  for (const auto& [column, meaning] : meant_) {
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) continue;
    throw InputError(file + ": there is no column \"" + shortened(column) + "\" to be the " +
                     meaning);
  }
}

std::vector<Role> Roles::of(const std::string& column) const {
  const auto said = meant_.find(column);
  const std::string& name = said == meant_.end() ? column : said->second;
  const std::string lower = lowered(name);
  std::vector<Role> out;
  const auto rank = std::find(std::begin(kKeys), std::end(kKeys), lower) - std::begin(kKeys);
  if (rank < kNoKey) out.push_back({Role::field, Field::key, static_cast<int>(rank)});
  for (std::size_t i = 1; i < std::size(kFields); ++i) {
    if (lower == kFields[i]) out.push_back({Role::field, static_cast<Field>(i)});
  }
  for (const StageSettings& stage : settings_.stages) {
    for (const std::string& rater : stage.raters) {
      const bool vote = stage.name == kInclusion && name == rater;
      if (!vote && name != stage.name + ":" + rater) continue;
      out.push_back({Role::rating, Field::key, 0, "", project_.stage_id(stage.name),
                     project_.rater_id(rater), stage});
    }
  }
  if (out.empty() && said != meant_.end()) {
    throw InputError("\"" + shortened(name) +
                     "\" is neither key, title, url, labels, body, created, closed, nor a rater, "
                     "nor STAGE:RATER");
  }
  if (out.empty() && !name.empty()) out.push_back({Role::fact, Field::key, 0, name});
  return out;
}

void IncomingItem::clear() {
  for (std::size_t i = 0; i < std::size(kFields); ++i)
    target(item_, static_cast<Field>(i))->clear();
  key_rank_ = kNoKey;
  ratings_.clear();
  rated_ = 0;
  fact_count_ = 0;
}

void IncomingItem::take(const Role& role, std::string_view text,
                        const std::function<std::string()>& where) {
  if (role.kind == Role::field && role.is == Field::key) {
    if (role.rank >= key_rank_ || blank(text)) return;
    key_rank_ = role.rank;
    item_.key = trimmed(text);
  } else if (role.kind == Role::field) {
    *target(item_, role.is) = text;
  } else if (text.empty()) {
    return;
  } else if (role.kind == Role::rating) {
    const auto& known = role.settings.categories;
    if (!known.empty() && std::find(known.begin(), known.end(), text) == known.end()) {
      throw InputError(where() + ": \"" + shortened(text) + "\" is no category of " +
                       role.settings.name);
    }
    ratings_.add(role.stage, role.rater, text);
    ++rated_;
  } else {
    if (fact_count_ == facts_.size()) facts_.emplace_back();
    facts_[fact_count_].first = role.name;
    facts_[fact_count_++].second = text;
  }
}

void IncomingItem::write(ItemWriter& writer, const std::string& file, long row,
                         ImportResult& result) {
  if (item_.key.empty()) {
    throw InputError(file + ":" + std::to_string(row) + ": no key tells this item from the others");
  }
  std::int64_t id = 0;
  if (!writer.add(item_, ratings_, id, result.findings, file, row)) {
    ++result.known;
    return;
  }
  ++result.added;
  result.ratings += rated_;
  for (std::size_t i = 0; i < fact_count_; ++i) {
    writer.fact(id, facts_[i].first, facts_[i].second);
  }
}

}  // namespace kerasan::study
