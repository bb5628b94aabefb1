// A project seen as the package that it would be published as.
#include <nlohmann/json.hpp>
#include <sstream>

#include "study/analysis/results.h"
#include "study/import/text.h"

namespace kerasan::study {
namespace {

std::vector<std::string> ratings_of(const ItemState& state, const StageSettings& stage) {
  std::vector<std::string> out;
  const auto found = state.stages.find(stage.name);
  for (const std::string& rater : stage.raters) {
    std::string value;
    if (found != state.stages.end()) {
      const auto rating = found->second.ratings.find(rater);
      if (rating != found->second.ratings.end()) value = rating->second;
    }
    out.push_back(value);
  }
  return out;
}

const StageSettings* stage_named(const Settings& settings, const std::string& name) {
  for (const StageSettings& one : settings.stages) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

std::string final_of(const ItemState& state, const Settings& settings, const std::string& name) {
  const StageSettings* stage = stage_named(settings, name);
  return stage ? state.final_value(*stage) : "";
}

std::string fact(const ItemState& state, const std::string& field) {
  const auto found = state.facts.find(field);
  return found == state.facts.end() ? "" : found->second;
}

ScreenedIssue screened(const ItemState& state, const Settings& settings) {
  ScreenedIssue issue;
  issue.title = state.item.title;
  issue.url = state.item.key;
  for (const std::string& vote : ratings_of(state, settings.stages[0])) {
    issue.votes.push_back(vote.empty() ? std::nullopt : std::optional<int>(vote == "1" ? 1 : 0));
    issue.comments.emplace_back();
  }
  return issue;
}

LabelledIssue labelled(const ItemState& state, const Settings& settings) {
  LabelledIssue issue;
  issue.url = state.item.key;
  const auto ratings = [&](const char* name) {
    const StageSettings* stage = stage_named(settings, name);
    return stage ? ratings_of(state, *stage) : std::vector<std::string>();
  };
  issue.scenarios = ratings("scenario");
  issue.components = ratings("component");
  issue.impacts = ratings("impact");
  issue.root_causes = ratings("root cause");
  issue.scenario = final_of(state, settings, "scenario");
  issue.impact = final_of(state, settings, "impact");
  issue.root_cause = final_of(state, settings, "root cause");
  return issue;
}

Bug bug_of(const ItemState& state, const Settings& settings, std::size_t number) {
  Bug bug;
  const std::string known = fact(state, "number");
  bug.number = known.empty() ? std::to_string(number) : known;
  bug.url = state.item.url.empty() ? state.item.key : state.item.url;
  bug.scenario = final_of(state, settings, "scenario");
  if (bug.scenario.empty()) bug.scenario = "(not decided)";
  for (const std::string& part : split(final_of(state, settings, "component"), '+')) {
    if (!blank(part)) bug.components.push_back(trimmed(part));
  }
  if (const auto impact = integer(final_of(state, settings, "impact"))) {
    bug.impact = static_cast<int>(*impact);
  }
  bug.root_cause = final_of(state, settings, "root cause");
  bug.gist = fact(state, "gist");
  bug.buggy_version = fact(state, "buggy version");
  bug.fixed_version = fact(state, "fixed version");
  bug.fixing_commit = fact(state, "fixing commit");
  if (!state.item.created.empty()) {
    bug.github = GithubIssue{
        0, bug.url, state.item.title, state.item.body, "", state.item.created, state.item.closed,
        {}};
  }
  return bug;
}

// Voted in, or taken in by a decision, even when a later one removed it.
bool ever_included(const Project& project, const ItemState& state, const Settings& settings) {
  const auto inclusion = state.stages.find(kInclusion);
  if (inclusion == state.stages.end()) return false;
  StageState votes = inclusion->second;
  votes.decision.clear();
  if (outcome_of(settings, votes) == Outcome::included) return true;
  if (inclusion->second.decided == 0) return false;
  for (const Event& event : project.history(state.item.key, kNow, 1000)) {
    if (event.kind == "decide" && event.stage == kInclusion && event.value == "1") return true;
  }
  return false;
}

void add_discussed(const Project& project, const std::string& key, const Settings& settings,
                   const ItemState& state, Package& package) {
  const auto inclusion = state.stages.find(kInclusion);
  if (inclusion == state.stages.end()) return;
  StageState votes = inclusion->second;
  votes.decision.clear();
  if (outcome_of(settings, votes) != Outcome::discuss) return;
  DiscussedIssue issue;
  issue.url = key;
  // The outcome of the discussion is the first decision; a later one removes or brings back.
  for (const Event& event : project.history(key, kNow, 1000)) {
    if (event.kind == "decide" && event.stage == kInclusion) issue.accepted = event.value == "1";
  }
  package.discussed.push_back(std::move(issue));
}

void read_survey(const Project& project, Package& package) {
  Statement survey = project.database().prepare(
      "SELECT content FROM document WHERE name = 'survey' ORDER BY event DESC LIMIT 1");
  if (!survey.step()) return;
  std::istringstream in(survey.text(0));
  package.survey = read_table(in, "survey", ',');
}

}  // namespace

Package package_of(const Project& project) {
  Package package;
  package.root = project.database().path();
  const Settings settings = project.settings();
  package.reviewers = settings.stages[0].raters.size();
  std::int64_t after = 0;
  for (auto page = project.items(after, 1000); !page.empty(); page = project.items(after, 1000)) {
    for (const Item& item : page) {
      after = item.id;
      const ItemState state = project.state(item);
      package.screened.push_back(screened(state, settings));
      add_discussed(project, item.key, settings, state, package);
      if (ever_included(project, state, settings)) {
        package.labelled.push_back(labelled(state, settings));
      }
      if (state.outcome == Outcome::included) {
        package.bugs.push_back(bug_of(state, settings, package.bugs.size() + 1));
      }
    }
  }
  read_survey(project, package);
  return package;
}

Package final_package_of(const Project& project) {
  Package package;
  package.root = project.database().path();
  const Settings settings = project.settings();
  package.reviewers = settings.stages[0].raters.size();
  for (const Item& item : project.included()) {
    package.bugs.push_back(bug_of(project.state(item), settings, package.bugs.size() + 1));
  }
  read_survey(project, package);
  return package;
}

}  // namespace kerasan::study
