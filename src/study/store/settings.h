// How a study is run: who rates, on which scales, and what the votes decide.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "study/statistics/agreement.h"

namespace kerasan::study {

struct StageSettings {
  std::string name;
  Level level = Level::nominal;
  std::vector<std::string> categories;  // in order; empty: any text
  std::vector<std::string> raters;
};

// The stage of voting; every study has it, and it comes first.
inline constexpr const char* kInclusion = "inclusion";

struct Settings {
  std::vector<std::string> criteria;  // of inclusion, for people
  int include_at = 3;                 // votes that include without a discussion
  int discuss_at = 2;                 // votes that ask for one
  std::vector<StageSettings> stages;

  const StageSettings& stage(const std::string& name) const;  // InputError for none
};

// Voting by these reviewers, then scenario, component, impact and root cause as in the study.
Settings default_settings(const std::vector<std::string>& reviewers);

nlohmann::json to_json(const Settings& settings);
// Throws InputError naming the field at fault.
Settings settings_from_json(const nlohmann::json& json, const std::string& name);
// Names of people, stages and fields: 1 to 80 bytes of printable UTF-8.
void check_name(const std::string& name, const std::string& what);

}  // namespace kerasan::study
