// A replication package as a project: its votes, discussions, ratings and final labels.
#include <map>
#include <set>

#include "study/import/package.h"
#include "study/import/text.h"
#include "study/store/import.h"

namespace kerasan::study {
namespace {

class PackageWriter {
 public:
  PackageWriter(Project& project, const Package& package, const std::string& who)
      : project_(project),
        package_(package),
        who_(who),
        settings_(project.settings()),
        writer_(project, project.append({0, "", who, "import", "", "", package.root, ""}, 0)) {}

  ImportResult write() {
    check_raters();
    for (const ScreenedIssue& issue : package_.screened) add_screened(issue);
    for (const DiscussedIssue& issue : package_.discussed) {
      if (!issue.accepted) continue;
      decide(issue.url, kInclusion, *issue.accepted ? "1" : "0", last_comment(issue.comments));
    }
    for (const LabelledIssue& issue : package_.labelled) add_labels(issue);
    for (const Bug& bug : package_.bugs) add_bug(bug);
    add_survey();
    return std::move(result_);
  }

 private:
  void check_raters() const {
    const std::size_t raters = settings_.stages[0].raters.size();
    if (raters != package_.reviewers && !package_.screened.empty()) {
      throw InputError(package_.root + ": has votes of " + std::to_string(package_.reviewers) +
                       " reviewers, the project has " + std::to_string(raters));
    }
  }

  static std::string last_comment(const std::vector<std::string>& comments) {
    for (auto one = comments.rbegin(); one != comments.rend(); ++one) {
      if (!blank(*one)) return *one;
    }
    return "";
  }

  static std::string joined(const std::vector<std::string>& labels) {
    std::string out;
    for (const std::string& one : labels) out += (out.empty() ? "" : "^") + one;
    return out;
  }

  std::int64_t add(const Item& item, long row) {
    std::int64_t id = 0;
    const bool added = writer_.add(item, {}, id, result_.findings, package_.root, row);
    ++(added ? result_.added : result_.known);
    if (added) fresh_.insert(id);
    ids_[item.url] = id;
    return added ? id : 0;
  }

  void rate(std::int64_t item, const std::string& stage, std::size_t rater,
            const std::string& value) {
    const StageSettings& chosen = settings_.stage(stage);
    if (value.empty() || rater >= chosen.raters.size()) return;
    writer_.rate(item, project_.stage_id(stage), project_.rater_id(chosen.raters[rater]), value);
    ++result_.ratings;
  }

  void add_screened(const ScreenedIssue& issue) {
    const Bug* bug = bug_of(issue.url);
    Item item{0, issue.url, issue.title, issue.url, joined(issue.labels), "", "", ""};
    if (bug && bug->github) {
      item.body = bug->github->body;
      item.created = bug->github->created;
      item.closed = bug->github->closed;
    }
    const std::int64_t id = add(item, issue.row);
    if (id == 0) return;
    for (std::size_t i = 0; i < issue.votes.size(); ++i) {
      if (issue.votes[i]) rate(id, kInclusion, i, std::to_string(*issue.votes[i]));
      if (!blank(issue.comments[i])) {
        writer_.fact(id, "comment of " + settings_.stages[0].raters[i], issue.comments[i]);
      }
    }
  }

  const Bug* bug_of(const std::string& url) const {
    for (const Bug& bug : package_.bugs) {
      if (bug.url == url) return &bug;
    }
    return nullptr;
  }

  // Of an item that this import brought; 0 for one that was there.
  std::int64_t fresh(const std::string& url) const {
    const auto found = ids_.find(url);
    return found != ids_.end() && fresh_.count(found->second) > 0 ? found->second : 0;
  }

  void decide(const std::string& url, const std::string& stage, const std::string& value,
              const std::string& note) {
    const std::int64_t id = fresh(url);
    if (id == 0 || value.empty()) return;
    project_.append({0, "", who_, "decide", url, stage, value, note}, id);
  }

  void add_labels(const LabelledIssue& issue) {
    const std::int64_t id = fresh(issue.url);
    if (id == 0) return;
    // Reviewers wrote scenario and component in their own words: kept as facts, no ratings.
    for (std::size_t i = 0; i < issue.scenarios.size(); ++i) {
      const std::string rater = " of reviewer " + std::to_string(i + 1);
      if (!issue.scenarios[i].empty()) writer_.fact(id, "scenario" + rater, issue.scenarios[i]);
      if (!issue.components[i].empty()) writer_.fact(id, "component" + rater, issue.components[i]);
    }
    for (std::size_t i = 0; i < issue.impacts.size(); ++i) rate(id, "impact", i, issue.impacts[i]);
    for (std::size_t i = 0; i < issue.root_causes.size(); ++i) {
      rate(id, "root cause", i, issue.root_causes[i]);
    }
    for (const auto& [field, value] : issue.facts) {
      if (!value.empty() && !bug_of(issue.url)) writer_.fact(id, field, value);
    }
    if (!bug_of(issue.url) && !package_.bugs.empty()) {
      decide(issue.url, kInclusion, "0", issue.component);  // removed after labelling
    }
  }

  void add_bug(const Bug& bug) {
    if (ids_.count(bug.url) == 0) {
      const std::string title = bug.github ? bug.github->title : bug.url;
      add({0, bug.url, title, bug.url, "", bug.github ? bug.github->body : "",
           bug.github ? bug.github->created : "", bug.github ? bug.github->closed : ""},
          bug.row);
      decide(bug.url, kInclusion, "1", "in the final list");
    }
    const std::int64_t id = fresh(bug.url);
    if (id == 0) return;
    decide(bug.url, "scenario", bug.scenario, "");
    std::string components;
    for (const std::string& one : bug.components) {
      components += (components.empty() ? "" : " + ") + one;
    }
    decide(bug.url, "component", components, "");
    decide(bug.url, "impact", bug.impact ? std::to_string(*bug.impact) : "", "");
    decide(bug.url, "root cause", bug.root_cause, "");
    for (const auto& [field, value] : {std::pair("number", bug.number), std::pair("gist", bug.gist),
                                       std::pair("buggy version", bug.buggy_version),
                                       std::pair("fixed version", bug.fixed_version),
                                       std::pair("fixing commit", bug.fixing_commit)}) {
      if (!no_value(value)) writer_.fact(id, field, value);
    }
  }

  void add_survey() {
    if (!package_.survey) return;
    const EventId id =
        project_.append({0, "", who_, "import", "", "", package_.survey->name, ""}, 0);
    project_.database()
        .prepare("INSERT INTO document VALUES('survey', ?, ?)")
        .with(id, file_bytes(package_.root + "/" + package_.survey->name, std::size_t{64} << 20))
        .run();
  }

  Project& project_;
  const Package& package_;
  const std::string& who_;
  Settings settings_;
  ItemWriter writer_;
  ImportResult result_;
  std::map<std::string, std::int64_t> ids_;
  std::set<std::int64_t> fresh_;
};

}  // namespace

ImportResult import_package(Project& project, const std::string& path, const std::string& who) {
  const Package package = read_package(path);
  Transaction transaction(project.database());
  ImportResult result = PackageWriter(project, package, who).write();
  transaction.commit();
  result.findings.insert(result.findings.begin(), package.findings.begin(), package.findings.end());
  return result;
}

}  // namespace kerasan::study
