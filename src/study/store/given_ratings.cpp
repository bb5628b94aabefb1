#include "study/store/given_ratings.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace kerasan::study {
namespace {

bool plain(std::string_view value) {
  for (const char c : value) {
    if (c == '"' || c == '\\' || (c >= 0 && c < ' ')) return false;
  }
  return true;
}

// Moves over what is expected; false when something else is there.
bool skip(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

bool number(std::string_view& text, std::int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// One [stage,rater,"value"] whose value needs no unescaping.
bool plain_rating(std::string_view& text, const TakeRating& take) {
  std::int64_t stage = 0;
  std::int64_t rater = 0;
  if (!skip(text, '[') || !number(text, stage) || !skip(text, ',') || !number(text, rater) ||
      !skip(text, ',') || !skip(text, '"')) {
    return false;
  }
  const std::string_view value = text.substr(0, text.find('"'));
  text.remove_prefix(value.size());
  if (!skip(text, '"') || !skip(text, ']')) return false;
  take(stage, rater, value);
  return true;
}

void read_any(std::string_view text, const TakeRating& take) {
  try {
    for (const nlohmann::json& one : nlohmann::json::parse(text)) {
      take(one.at(0).get<std::int64_t>(), one.at(1).get<std::int64_t>(),
           one.at(2).get_ref<const std::string&>());
    }
  } catch (const nlohmann::json::exception& error) {
    throw InputError("the project is damaged: the ratings of an item are no list");
  }
}

}  // namespace

void GivenRatings::clear() { json_ = "[]"; }

void GivenRatings::add(std::int64_t stage, std::int64_t rater, std::string_view value) {
  json_.pop_back();
  if (json_.size() > 1) json_ += ',';
  json_ += '[' + std::to_string(stage) + ',' + std::to_string(rater) + ',';
  if (plain(value)) {
    json_.append("\"").append(value).append("\"");
  } else {
    json_ += nlohmann::json(value).dump();
  }
  json_ += "]]";
}

void read_given(std::string_view json, const TakeRating& take) {
  if (json.find('\\') != std::string_view::npos) return read_any(json, take);
  if (!skip(json, '[')) throw InputError("the project is damaged: the ratings of an item");
  while (!skip(json, ']')) {
    if (!plain_rating(json, take) || (!skip(json, ',') && json != "]")) {
      throw InputError("the project is damaged: the ratings of an item");
    }
  }
}

}  // namespace kerasan::study
