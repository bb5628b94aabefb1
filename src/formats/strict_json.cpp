#include "formats/strict_json.h"

#include <set>

#include "base/error.h"

namespace kerasan::formats {
namespace {

constexpr std::size_t kMaxText = std::size_t{256} << 20;
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

// The text with the tokens replaced; the depth is bounded before anything is built.
std::string tamed(std::string_view text, const std::string& what, std::vector<Fault>& faults) {
  std::string out;
  out.reserve(text.size());
  int depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      const std::size_t end = end_of_string(text, at);
      out.append(text.substr(at, end - at));
      at = end;
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
      out.append(token.stands_for);
      at += token.text.size();
      replaced = true;
      break;
    }
    if (!replaced) out.push_back(text[at++]);
  }
  return out;
}

// Tells of keys that an object has twice.
class KeyWatch {
 public:
  KeyWatch(std::string what, std::vector<Fault>& faults)
      : what_(std::move(what)), faults_(faults) {}

  bool operator()(int, Json::parse_event_t event, Json& parsed) {
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
};

}  // namespace

Json parse_json(std::string_view text, const std::string& what, std::vector<Fault>& faults) {
  if (text.size() > kMaxText) throw InputError(what + ": JSON of more than 256 MB");
  const std::string strict = tamed(text, what, faults);
  try {
    return Json::parse(strict, KeyWatch(what, faults));
  } catch (const Json::exception& error) {
    throw InputError(what + ": " + error.what());
  }
}

}  // namespace kerasan::formats
