#include "formats/strict_json.h"

#include <set>

#include "base/error.h"

namespace kerasan::formats {
namespace {

// What is built takes some ten times the room of the text.
constexpr std::size_t kMaxValues = 5000000;
constexpr std::size_t kMaxFaults = 100;

struct Token {
  std::string_view text;
  std::string_view stands_for;
};
// What Python's json module writes for numbers that JSON cannot hold.
constexpr Token kTokens[] = {
    {"NaN", "\"nan\""}, {"-Infinity", "\"-inf\""}, {"Infinity", "\"inf\""}};

std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

// Empty where nothing is to be replaced, else the text with the tokens replaced; the depth is
// bounded before anything is built.
std::string tamed(std::string_view text, const std::string& what, std::vector<Fault>& faults) {
  std::string out;
  std::size_t copied = 0;
  int depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      continue;
    }
    depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
    if (depth > kMaxJsonDepth) {
      throw InputError(what + ": JSON nested more than " + std::to_string(kMaxJsonDepth) + " deep");
    }
    bool replaced = false;
    for (const Token& token : kTokens) {
      if ((c != 'N' && c != '-' && c != 'I') || !text.substr(at).starts_with(token.text)) continue;
      if (faults.size() < kMaxFaults) {
        faults.push_back({kNotStrictJson, what,
                          what + " is no JSON: it has the token " + std::string(token.text) +
                              " at byte " + std::to_string(at)});
      }
      out.append(text.substr(copied, at - copied)).append(token.stands_for);
      at += token.text.size();
      copied = at;
      replaced = true;
      break;
    }
    if (!replaced) ++at;
  }
  return out.empty() ? out : out.append(text.substr(copied));
}

// Tells of keys that an object has twice, and bounds the number of values.
class KeyWatch {
 public:
  KeyWatch(std::string what, std::vector<Fault>& faults)
      : what_(std::move(what)), faults_(faults) {}

  bool operator()(int, Json::parse_event_t event, Json& parsed) {
    if (++values_ > kMaxValues) throw InputError(what_ + ": JSON of more than 5000000 values");
    if (event == Json::parse_event_t::object_start) {
      open_.emplace_back();
    } else if (event == Json::parse_event_t::object_end) {
      open_.pop_back();
    } else if (event == Json::parse_event_t::key) {
      const std::string& key = parsed.get_ref<const std::string&>();
      if (!open_.back().insert(key).second && faults_.size() < kMaxFaults) {
        faults_.push_back(
            {kNotStrictJson, what_,
             what_ + " has the key \"" + key.substr(0, 80) + "\" more than once in one object"});
      }
    }
    return true;
  }

 private:
  std::string what_;
  std::vector<Fault>& faults_;
  std::vector<std::set<std::string>> open_;
  std::size_t values_ = 0;
};

}  // namespace

Json parse_json(std::string_view text, const std::string& what, std::vector<Fault>& faults) {
  if (text.size() > kMaxJsonText) throw InputError(what + ": JSON of more than 64 MB");
  const std::string strict = tamed(text, what, faults);
  try {
    return Json::parse(strict.empty() ? text : strict, KeyWatch(what, faults));
  } catch (const Json::exception& error) {
    throw InputError(what + ": " + error.what());
  }
}

}  // namespace kerasan::formats
