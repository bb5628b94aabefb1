#include "study/analysis/package_stages.h"

#include <set>

#include "study/import/text.h"

namespace kerasan::study {
namespace {

void add_conflict(StageRatings& stage, const std::string& item,
                  const std::vector<std::string>& given) {
  std::set<std::string> distinct;
  for (const std::string& one : given) {
    if (!one.empty()) distinct.insert(label_key(one));
  }
  if (distinct.size() > 1) stage.conflicts.push_back({item, given});
}

std::vector<std::string> numbered(const char* word, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= count; ++i) names.push_back(word + std::to_string(i));
  return names;
}

StageRatings inclusion(const Package& package) {
  const auto raters = numbered("Reviewer ", package.reviewers);
  StageRatings stage{"inclusion", Level::nominal, raters, Ratings(raters.size(), {"0", "1"}), {},
                     ""};
  for (const ScreenedIssue& issue : package.screened) {
    std::vector<int> codes;
    std::vector<std::string> given;
    for (const auto& vote : issue.votes) {
      codes.push_back(vote.value_or(kMissing));
      given.push_back(vote ? std::to_string(*vote) : "");
    }
    stage.ratings.add(codes);
    add_conflict(stage, issue.url, given);
  }
  return stage;
}

using Given = const std::vector<std::string>& (*)(const LabelledIssue&);

const std::vector<std::string>& impacts(const LabelledIssue& issue) { return issue.impacts; }
const std::vector<std::string>& causes(const LabelledIssue& issue) { return issue.root_causes; }

std::size_t rater_count(const Package& package, Given given) {
  std::size_t most = 0;
  for (const LabelledIssue& issue : package.labelled) most = std::max(most, given(issue).size());
  return most;
}

// Adds each issue that anyone rated; codes come from the label in lower case.
void add_labels(StageRatings& stage, const Package& package, Given given) {
  for (const LabelledIssue& issue : package.labelled) {
    std::vector<int> codes;
    bool any = false;
    for (const std::string& one : given(issue)) {
      codes.push_back(stage.ratings.code(label_key(one)));
      any = any || codes.back() != kMissing;
    }
    if (!any) continue;
    stage.ratings.add(codes);
    add_conflict(stage, issue.url, given(issue));
  }
}

StageRatings impact(const Package& package) {
  const auto raters = std::vector<std::string>{"Reviewer A", "Reviewer B"};
  StageRatings stage{"impact", Level::ordinal, raters, Ratings(2, {"1", "2", "3", "4"}), {}, ""};
  add_labels(stage, package, impacts);
  return stage;
}

StageRatings root_cause(const Package& package) {
  std::set<std::string> categories;
  for (const LabelledIssue& issue : package.labelled) {
    for (const std::string& one : issue.root_causes) {
      if (!no_value(one)) categories.insert(label_key(one));
    }
  }
  StageRatings stage{"root cause",
                     Level::nominal,
                     {"Reviewer 1", "Reviewer 2"},
                     Ratings(2, {categories.begin(), categories.end()}),
                     {},
                     "Spellings that differ only by case are one label."};
  add_labels(stage, package, causes);
  return stage;
}

}  // namespace

std::vector<StageRatings> package_stages(const Package& package) {
  std::vector<StageRatings> stages;
  if (!package.screened.empty()) stages.push_back(inclusion(package));
  if (rater_count(package, impacts) == 2) stages.push_back(impact(package));
  if (rater_count(package, causes) == 2) stages.push_back(root_cause(package));
  return stages;
}

}  // namespace kerasan::study
