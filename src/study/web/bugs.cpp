// The included items: filters and full text.
#include <set>

#include "study/import/text.h"
#include "study/store/export.h"
#include "study/web/api.h"

namespace kerasan::study {
namespace {

using nlohmann::json;

constexpr int kMostFound = 100000;
constexpr std::size_t kMostShown = 500;

// "A + B" of a component names two of them.
std::vector<std::string> parts(const std::string& stage, const std::string& value) {
  if (stage != "component") return {trimmed(value)};
  std::vector<std::string> out;
  for (const std::string& part : split(value, '+')) out.push_back(trimmed(part));
  return out;
}

bool has(const std::string& stage, const std::string& value, const std::string& wanted) {
  for (const std::string& part : parts(stage, value)) {
    if (label_key(part) == label_key(wanted)) return true;
  }
  return false;
}

class Counts {
 public:
  void add(const std::string& stage, const std::string& value) {
    for (const std::string& part : parts(stage, value)) {
      auto& [shown, count] = stages_[stage][label_key(part)];
      if (count == 0) shown = part;
      ++count;
    }
  }
  json to_json() const {
    json out = json::object();
    for (const auto& [stage, values] : stages_) {
      out[stage] = json::array();
      for (const auto& [key, entry] : values) {
        out[stage].push_back({{"value", entry.first}, {"count", entry.second}});
      }
    }
    return out;
  }

 private:
  std::map<std::string, std::map<std::string, std::pair<std::string, int>>> stages_;
};

bool wanted(const ItemState& state, const Settings& settings, const Query& query) {
  for (const StageSettings& stage : settings.stages) {
    const auto asked = query.find("stage:" + stage.name);
    if (asked == query.end()) continue;
    if (!has(stage.name, state.final_value(stage), asked->second)) return false;
  }
  return true;
}

json row(const ItemState& state, const Settings& settings) {
  json finals = json::object();
  for (const StageSettings& stage : settings.stages) finals[stage.name] = state.final_value(stage);
  const auto number = state.facts.find("number");
  return {{"key", state.item.key},
          {"title", state.item.title},
          {"number", number == state.facts.end() ? "" : number->second},
          {"final", finals}};
}

}  // namespace

json bugs_json(Project& project, const Query& query) {
  const auto words = query.find("words");
  const bool searched = words != query.end() && !blank(words->second);
  std::set<std::int64_t> found;
  if (searched) {
    for (const Item& item : project.search(words->second, kMostFound)) found.insert(item.id);
  }
  const Settings settings = project.settings();
  Counts counts;
  json rows = json::array();
  std::size_t total = 0;
  std::size_t matching = 0;
  for (const Item& item : project.included()) {
    ++total;
    if (searched && found.count(item.id) == 0) continue;
    const ItemState state = project.state(item);
    for (std::size_t i = 1; i < settings.stages.size(); ++i) {
      counts.add(settings.stages[i].name, state.final_value(settings.stages[i]));
    }
    if (!wanted(state, settings, query)) continue;
    if (++matching <= kMostShown) rows.push_back(row(state, settings));
  }
  return {{"bugs", rows}, {"total", total}, {"matching", matching}, {"values", counts.to_json()}};
}

}  // namespace kerasan::study
