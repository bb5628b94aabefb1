#include "study/web/api.h"

#include <algorithm>

#include "study/analysis/figure.h"
#include "study/import/text.h"
#include "study/store/export.h"

namespace kerasan::study {
namespace {

using nlohmann::json;

constexpr int kSamples = 500;  // of the bootstrap: an answer has to come while someone waits

std::string value(const Query& query, const char* name, const std::string& otherwise = "") {
  const auto found = query.find(name);
  return found == query.end() ? otherwise : found->second;
}

std::int64_t number(const Query& query, const char* name, std::int64_t otherwise) {
  const auto found = query.find(name);
  if (found == query.end()) return otherwise;
  const auto given = integer(found->second);
  if (!given || *given < 0) throw InputError(std::string(name) + " is no number");
  return *given;
}

int limit(const Query& query) {
  return static_cast<int>(std::clamp<std::int64_t>(number(query, "limit", 50), 1, 500));
}

std::string text(const json& body, const char* name) {
  if (!body.is_object() || !body.contains(name) || !body[name].is_string()) {
    throw InputError(std::string("the request has no text \"") + name + "\"");
  }
  return body[name].get<std::string>();
}

std::string optional_text(const json& body, const char* name) {
  return body.is_object() && body.contains(name) ? text(body, name) : "";
}

Item required(const Project& project, const std::string& key) {
  const auto item = project.find(key);
  if (!item) throw InputError("no item has the key \"" + shortened(key) + "\"");
  return *item;
}

bool rates(const StageSettings& stage, const std::string& person) {
  return std::find(stage.raters.begin(), stage.raters.end(), person) != stage.raters.end();
}

json study(const Project& project) {
  return {{"file", project.database().path()},
          {"settings", to_json(project.settings())},
          {"items", project.item_count()},
          {"last", project.last_event()}};
}

// Without what others said: the ratings are independent.
json queue(const Project& project, const StageSettings& stage, const Query& query) {
  const std::string rater = value(query, "rater");
  if (!rates(stage, rater)) {
    throw InputError("\"" + shortened(rater) + "\" is no rater of " + stage.name);
  }
  json items = json::array();
  for (const Item& item :
       project.queue(stage.name, rater, limit(query), number(query, "after", 0))) {
    items.push_back({{"id", item.id},
                     {"key", item.key},
                     {"title", item.title},
                     {"url", item.url},
                     {"labels", item.labels},
                     {"body", item.body},
                     {"created", item.created},
                     {"closed", item.closed}});
  }
  const std::int64_t of = stage.name == kInclusion
                              ? project.item_count()
                              : static_cast<std::int64_t>(project.included().size());
  return {{"items", items}, {"done", project.rated_count(stage.name, rater)}, {"of", of}};
}

// Left out: those that this person has yet to rate, for the same reason.
json conflicts(const Project& project, const StageSettings& stage, const Query& query) {
  const std::string rater = value(query, "rater");
  const Settings settings = project.settings();
  json out = json::array();
  for (const ItemState& state : project.conflicts(stage.name, limit(query))) {
    const auto& ratings = state.stages.at(stage.name).ratings;
    const auto own = ratings.find(rater);
    if (rates(stage, rater) && (own == ratings.end() || own->second.empty())) continue;
    out.push_back(to_json(project.state(state.item), settings));
  }
  return out;
}

json agreement(const Project& project, const StageSettings& stage) {
  const StageRatings ratings = project.stage_ratings(stage.name, kNow, 200);
  json out = to_json(ratings, kSamples);
  std::vector<IntervalRow> rows;
  for (const json& one : out["estimates"]) {
    if (one["value"].is_null()) continue;
    const double given = one["value"];
    const bool known = one["interval"].is_array();
    rows.push_back({one["name"], given, known ? one["interval"][0].get<double>() : given,
                    known ? one["interval"][1].get<double>() : given});
  }
  if (!rows.empty()) {
    out["figure"] = without_style(
        intervals("agreement", "Agreement at " + stage.name + ", with 95 % intervals", rows).svg);
  }
  return out;
}

json history(const Project& project, const Query& query) {
  json out = json::array();
  const EventId before = number(query, "before", kNow);
  for (const Event& event : project.history(value(query, "key"), before, limit(query))) {
    out.push_back({{"id", event.id},
                   {"at", event.at},
                   {"who", event.who},
                   {"kind", event.kind},
                   {"item", event.item},
                   {"stage", event.stage},
                   {"value", event.kind == "settings" ? "" : event.value},
                   {"note", event.note}});
  }
  return out;
}

}  // namespace

json api_get(Project& project, const std::string& path, const Query& query) {
  if (path == "study") return study(project);
  if (path == "last") return {{"last", project.last_event()}};
  if (path == "bugs") return bugs_json(project, query);
  if (path == "charts") return charts_json(project);
  if (path == "history") return history(project, query);
  if (path == "item") {
    const EventId at = number(query, "at", kNow);
    const Item item = required(project, value(query, "key"));
    return to_json(project.state(item, at), project.settings(at));
  }
  const Settings settings = project.settings();
  const StageSettings& stage = settings.stage(value(query, "stage", kInclusion));
  if (path == "queue") return queue(project, stage, query);
  if (path == "conflicts") return conflicts(project, stage, query);
  if (path == "agreement") return agreement(project, stage);
  if (path == "values") return project.values(stage.name, 500);
  throw InputError("there is no such request");
}

json api_post(Project& project, const std::string& path, const json& body) {
  const std::string key = text(body, "key");
  const std::string who = text(body, "who");
  const std::string given = text(body, "value");
  if (path == "rate") {
    return {
        {"event", project.rate(key, text(body, "stage"), who, given, optional_text(body, "note"))}};
  }
  if (path == "decide") {
    if (!body.contains("seen") || !body["seen"].is_number_integer()) {
      throw InputError("the request does not say which decision it has seen");
    }
    return {{"event", project.decide(key, text(body, "stage"), who, given,
                                     optional_text(body, "note"), body["seen"].get<EventId>())}};
  }
  if (path == "fact") return {{"event", project.set_fact(key, text(body, "field"), who, given)}};
  throw InputError("there is no such request");
}

}  // namespace kerasan::study
