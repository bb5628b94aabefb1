#include "catalogue/verdict.h"

#include <algorithm>
#include <set>

#include "base/error.h"

namespace kerasan::catalogue {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& where, const char* key) {
  const auto found = where.find(key);
  return found != where.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Heard heard_of(const Json& finding) {
  Heard heard;
  finding.at("rule").get_to(heard.rule);
  finding.at("scenario").get_to(heard.scenario);
  finding.at("impact").get_to(heard.impact);
  finding.at("fingerprint").get_to(heard.fingerprint);
  const Json& where = finding.at("where");
  if (!where.is_object()) return heard;
  heard.api = text_of(where, "api");
  heard.layer = text_of(where, "layer");
  const auto step = where.find("step");
  if (step != where.end() && step->is_number_integer()) heard.step = step->get<int>();
  const auto iteration = where.find("iteration");
  if (iteration != where.end() && iteration->is_number_integer())
    heard.batch = iteration->get<int>() + 1;
  return heard;
}

bool among(const Heard& finding, const std::vector<Heard>& others) {
  return std::any_of(others.begin(), others.end(),
                     [&](const Heard& other) { return finding.same(other); });
}

std::string in_words(const Heard& finding) {
  return finding.scenario + ": " + finding.rule + " (" + finding.place() + ")";
}

void take_witnesses(const Side& present, const Side* absent, Row& row) {
  row.witness_present = present.witness;
  row.witness_absent = absent != nullptr ? absent->witness : "";
  row.reproduced =
      present.witness == "present" && (absent == nullptr || absent->witness == "absent");
  row.trouble = present.trouble;
  if (absent != nullptr && !absent->trouble.empty())
    row.trouble += (row.trouble.empty() ? "" : "; ") + absent->trouble;
  row.seconds = present.seconds + (absent != nullptr ? absent->seconds : 0);
}

void take_findings(const Bug& bug, const Side& present, const std::vector<Heard>& healthy,
                   Row& row) {
  std::set<std::string> rules;
  std::set<std::string> elsewhere;
  bool shared = false;  // in the study's scenario, on both releases
  for (const Heard& finding : present.findings) {
    const bool on_both = among(finding, healthy);
    if (finding.scenario != bug.scenario) {
      if (!on_both) elsewhere.insert(finding.scenario);
      continue;
    }
    if (on_both) {
      shared = true;
      continue;
    }
    rules.insert(finding.rule);
    row.impact = std::max(row.impact.value_or(0), finding.impact);
    if (bug.first_wrong_step && finding.batch) {
      const int late = *finding.batch - *bug.first_wrong_step;
      row.delay = std::min(row.delay.value_or(late), late);
    }
  }
  row.rules.assign(rules.begin(), rules.end());
  row.elsewhere.assign(elsewhere.begin(), elsewhere.end());
  // Where the defect is heard by itself, what both releases have is something else.
  row.false_alarm = shared && rules.empty();
}

}  // namespace

bool Heard::same(const Heard& other) const {
  if (rule != other.rule) return false;
  return fingerprint == other.fingerprint || (api == other.api && layer == other.layer);
}

std::string Heard::place() const {
  if (layer.empty()) return api.empty() ? "no place" : api;
  return (api.empty() ? "" : api + ", ") + "layer " + layer;
}

bool Row::operator==(const Row& other) const {
  Row copy = other;
  copy.seconds = seconds;
  return to_json(*this) == to_json(copy);
}

std::vector<Heard> findings_of(const Json& report) {
  try {
    std::vector<Heard> all;
    for (const Json& finding : report.at("findings")) all.push_back(heard_of(finding));
    return all;
  } catch (const Json::exception& error) {
    throw InputError(std::string("not a report of kerasan run: ") + error.what());
  }
}

Row judge(const Bug& bug, const Side& present, const Side* absent) {
  Row row;
  row.id = bug.id;
  row.state = bug.state;
  row.scenario = bug.scenario;
  row.present = bug.present.version;
  row.absent = bug.absent ? bug.absent->version : "";
  row.study_impact = bug.impact;
  take_witnesses(present, absent, row);
  const std::vector<Heard> none;
  const std::vector<Heard>& healthy = absent != nullptr ? absent->findings : none;
  take_findings(bug, present, healthy, row);
  std::set<std::string> told;
  for (const Heard& finding : healthy) told.insert(in_words(finding));
  row.on_healthy.assign(told.begin(), told.end());
  return row;
}

Json to_json(const Row& row) {
  const auto or_null = [](const auto& v) { return v ? Json(*v) : Json(nullptr); };
  return {{"id", row.id},
          {"digest", row.digest},
          {"state", row.state},
          {"scenario", row.scenario},
          {"releases", {{"present", row.present}, {"absent", row.absent}}},
          {"witness", {{"present", row.witness_present}, {"absent", row.witness_absent}}},
          {"reproduced", row.reproduced},
          {"rules", row.rules},
          {"elsewhere", row.elsewhere},
          {"impact", or_null(row.impact)},
          {"study_impact", or_null(row.study_impact)},
          {"false_alarm", row.false_alarm},
          {"on_healthy", row.on_healthy},
          {"delay", or_null(row.delay)},
          {"trouble", row.trouble},
          {"seconds", row.seconds}};
}

Row row_from(const Json& json) {
  const auto optional = [&](const char* key) {
    return json.at(key).is_null() ? std::nullopt : std::optional<int>(json.at(key).get<int>());
  };
  Row row;
  json.at("id").get_to(row.id);
  json.at("digest").get_to(row.digest);
  json.at("state").get_to(row.state);
  json.at("scenario").get_to(row.scenario);
  json.at("releases").at("present").get_to(row.present);
  json.at("releases").at("absent").get_to(row.absent);
  json.at("witness").at("present").get_to(row.witness_present);
  json.at("witness").at("absent").get_to(row.witness_absent);
  json.at("reproduced").get_to(row.reproduced);
  json.at("rules").get_to(row.rules);
  json.at("elsewhere").get_to(row.elsewhere);
  row.impact = optional("impact");
  row.study_impact = optional("study_impact");
  json.at("false_alarm").get_to(row.false_alarm);
  json.at("on_healthy").get_to(row.on_healthy);
  row.delay = optional("delay");
  json.at("trouble").get_to(row.trouble);
  row.seconds = json.value("seconds", 0.0);
  return row;
}

}  // namespace kerasan::catalogue
