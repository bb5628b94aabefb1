#include "report/suppress.h"

#include <fnmatch.h>

#include <fstream>

#include "base/error.h"

namespace kerasan::report {
namespace {

using model::Json;

bool glob(const std::string& pattern, const std::string& text) {
  return pattern.empty() || fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

std::string text_of(const Json& where, const char* key) {
  if (!where.is_object() || !where.contains(key) || !where[key].is_string()) return {};
  return where[key].get<std::string>();
}

void set_field(Suppression& entry, const std::string& key, const std::string& value) {
  if (key == "rule") {
    entry.rule = value;
  } else if (key == "file") {
    entry.file = value;
  } else if (key == "layer") {
    entry.layer = value;
  } else if (key == "reason") {
    entry.reason = value;
  } else {
    throw InputError("unknown field \"" + key + "\"; known are rule, file, layer, reason");
  }
}

Suppression parse_json(const std::string& line) {
  const Json object = Json::parse(line, nullptr, false);
  if (!object.is_object()) throw InputError("not a JSON object");
  Suppression entry;
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) throw InputError("field \"" + key + "\" is not a string");
    set_field(entry, key, value.get<std::string>());
  }
  return entry;
}

Suppression parse_words(const std::string& line) {
  Suppression entry;
  for (std::size_t at = line.find_first_not_of(" \t"); at != std::string::npos;) {
    const std::size_t equals = line.find('=', at);
    if (equals == std::string::npos) {
      throw InputError("expected NAME=VALUE at \"" + line.substr(at) + "\"");
    }
    const std::string key = line.substr(at, equals - at);
    const std::size_t end = key == "reason" ? std::string::npos : line.find_first_of(" \t", equals);
    set_field(entry, key,
              line.substr(equals + 1, end == std::string::npos ? end : end - equals - 1));
    at = end == std::string::npos ? end : line.find_first_not_of(" \t", end);
  }
  return entry;
}

Suppression parse_line(const std::string& line) {
  Suppression entry = line.front() == '{' ? parse_json(line) : parse_words(line);
  if (entry.reason.find_first_not_of(" \t") == std::string::npos) {
    throw InputError("a suppression needs reason=TEXT");
  }
  if (entry.rule.empty() && entry.file.empty() && entry.layer.empty()) {
    throw InputError("a suppression needs at least one of rule=, file=, layer=");
  }
  return entry;
}

}  // namespace

bool Suppression::matches(const checks::Finding& finding) const {
  const std::string path = text_of(finding.where, "file");
  const bool in_file = glob(file, path) || fnmatch(("*/" + file).c_str(), path.c_str(), 0) == 0;
  return glob(rule, finding.rule) && in_file && glob(layer, text_of(finding.where, "layer"));
}

std::vector<Suppression> parse_suppressions(std::istream& in, const std::string& name) {
  std::vector<Suppression> all;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    line.erase(0, line.find_first_not_of(" \t"));
    if (line.empty() || line.front() == '#') continue;
    const std::string from = name + ":" + std::to_string(number);
    try {
      all.push_back(parse_line(line));
      all.back().from = from;
    } catch (const InputError& error) {
      throw InputError(from + ": " + error.what());
    }
  }
  if (in.bad()) throw InputError(name + ": cannot be read");
  return all;
}

std::vector<Suppression> read_suppressions(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw InputError(path + ": cannot be opened");
  return parse_suppressions(in, path);
}

Split apply_suppressions(const std::vector<ReportedFinding>& findings,
                         std::vector<Suppression>& suppressions) {
  Split split;
  for (const ReportedFinding& found : findings) {
    bool hidden = false;
    for (Suppression& entry : suppressions) {
      if (hidden || !entry.matches(found.finding)) continue;
      entry.hits += found.occurrences;
      hidden = true;
    }
    (hidden ? split.suppressed : split.shown).push_back(found);
  }
  return split;
}

}  // namespace kerasan::report
