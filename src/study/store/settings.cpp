#include "study/store/settings.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "study/analysis/stages.h"
#include "study/import/text.h"

namespace kerasan::study {
namespace {

constexpr const char* kScenarios[] = {"Wrong shape",
                                      "Wrong displayed message",
                                      "Wrong save/reload",
                                      "Wrong parameter setting",
                                      "Performance degradation",
                                      "Wrong structure",
                                      "Wrong calculation"};

std::vector<std::string> strings(const nlohmann::json& json, const std::string& name) {
  if (!json.is_array()) throw InputError(name + " is no list");
  std::vector<std::string> out;
  for (const nlohmann::json& one : json) {
    if (!one.is_string()) throw InputError(name + " holds something that is no text");
    out.push_back(one.get<std::string>());
  }
  return out;
}

int whole(const nlohmann::json& json, const char* key, int otherwise, const std::string& name) {
  if (!json.contains(key)) return otherwise;
  if (!json[key].is_number_integer()) throw InputError(name + ": " + key + " is no integer");
  return json[key].get<int>();
}

void check(const Settings& settings, const std::string& name) {
  if (settings.stages.empty() || settings.stages[0].name != kInclusion) {
    throw InputError(name + ": the first stage has to be \"inclusion\"");
  }
  if (settings.stages[0].categories != std::vector<std::string>{"0", "1"}) {
    throw InputError(name + ": the categories of inclusion are \"0\" and \"1\"");
  }
  std::set<std::string> names;
  for (const StageSettings& stage : settings.stages) {
    check_name(stage.name, name + ": stage");
    if (!names.insert(stage.name).second) {
      throw InputError(name + ": two stages are called \"" + stage.name + "\"");
    }
    if (stage.raters.empty()) throw InputError(name + ": stage " + stage.name + " has no raters");
    std::set<std::string> raters;
    for (const std::string& rater : stage.raters) {
      check_name(rater, name + ": rater");
      if (!raters.insert(rater).second) throw InputError(name + ": rater " + rater + " is twice");
    }
    for (const std::string& category : stage.categories) check_name(category, name + ": category");
  }
  const auto voters = static_cast<int>(settings.stages[0].raters.size());
  if (settings.include_at < 1 || settings.include_at > voters || settings.discuss_at < 1 ||
      settings.discuss_at > settings.include_at) {
    throw InputError(name + ": needs 1 <= discuss_at <= include_at <= number of reviewers");
  }
}

}  // namespace

void check_name(const std::string& name, const std::string& what) {
  const bool printable = std::none_of(name.begin(), name.end(),
                                      [](char c) { return c >= 0 && (c < ' ' || c == 127); });
  if (blank(name) || name.size() > 80 || !printable || invalid_utf8(name) != std::string::npos ||
      trimmed(name) != name) {
    throw InputError(what + " \"" + shortened(name, 90) +
                     "\": a name has 1 to 80 printable characters, none blank at its ends");
  }
}

const StageSettings& Settings::stage(const std::string& name) const {
  for (const StageSettings& one : stages) {
    if (one.name == name) return one;
  }
  std::string known;
  for (const StageSettings& one : stages) known += (known.empty() ? "" : ", ") + one.name;
  throw InputError("no stage is called \"" + shortened(name) + "\"; there are: " + known);
}

Settings default_settings(const std::vector<std::string>& reviewers) {
  Settings settings;
  settings.criteria = {"a bug of the framework, not of the program",
                       "no error or warning points at it", "it can be reproduced", "it was fixed"};
  const auto count = static_cast<int>(reviewers.size());
  settings.include_at = count;
  settings.discuss_at = std::max(1, count - 1);
  settings.stages = {
      {kInclusion, Level::nominal, {"0", "1"}, reviewers},
      {"scenario", Level::nominal, {std::begin(kScenarios), std::end(kScenarios)}, reviewers},
      {"component", Level::nominal, {}, reviewers},
      {"impact", Level::ordinal, {"1", "2", "3", "4"}, reviewers},
      {"root cause", Level::nominal, {}, reviewers}};
  check(settings, "settings");
  return settings;
}

nlohmann::json to_json(const Settings& settings) {
  nlohmann::json stages = nlohmann::json::array();
  for (const StageSettings& stage : settings.stages) {
    stages.push_back({{"name", stage.name},
                      {"level", level_name(stage.level)},
                      {"categories", stage.categories},
                      {"raters", stage.raters}});
  }
  return {{"criteria", settings.criteria},
          {"include_at", settings.include_at},
          {"discuss_at", settings.discuss_at},
          {"stages", stages}};
}

Settings settings_from_json(const nlohmann::json& json, const std::string& name) {
  if (!json.is_object() || !json.contains("stages") || !json["stages"].is_array()) {
    throw InputError(name + ": settings are an object with a list \"stages\"");
  }
  Settings settings;
  if (json.contains("criteria")) settings.criteria = strings(json["criteria"], name + ": criteria");
  settings.include_at = whole(json, "include_at", settings.include_at, name);
  settings.discuss_at = whole(json, "discuss_at", settings.discuss_at, name);
  for (const nlohmann::json& one : json["stages"]) {
    if (!one.is_object() || !one.value("name", nlohmann::json()).is_string()) {
      throw InputError(name + ": a stage has no name");
    }
    StageSettings stage;
    stage.name = one["name"].get<std::string>();
    const std::string where = name + ": stage " + shortened(stage.name);
    if (one.contains("level")) {
      if (!one["level"].is_string()) throw InputError(where + ": level is no text");
      stage.level = level_named(one["level"].get<std::string>());
    }
    if (one.contains("categories")) stage.categories = strings(one["categories"], where);
    if (one.contains("raters")) stage.raters = strings(one["raters"], where);
    settings.stages.push_back(std::move(stage));
  }
  check(settings, name);
  return settings;
}

}  // namespace kerasan::study
