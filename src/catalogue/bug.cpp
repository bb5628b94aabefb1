#include "catalogue/bug.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace kerasan::catalogue {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

template <typename T>
std::optional<T> optional_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  return found->get<T>();
}

Release release_of(const Json& run, const char* side) {
  return {run.at(side).get<std::string>(), run.at("python").at(side).get<std::string>()};
}

void take_run(const Json& run, Bug& bug) {
  bug.present = release_of(run, "present");
  if (!run.at("absent").is_null()) bug.absent = release_of(run, "absent");
  run.at("arguments").get_to(bug.arguments);
  run.at("environment").get_to(bug.environment);
  bug.first_wrong_step = optional_of<int>(run, "first_wrong_step");
}

Bug bug_of(const Json& facts) {
  Bug bug;
  if (facts.at("schema") != 1) throw InputError("schema: only 1 is known");
  facts.at("id").get_to(bug.id);
  facts.at("tensorflow_issue").get_to(bug.issue);
  facts.at("title").get_to(bug.title);
  facts.at("scenario").get_to(bug.scenario);
  facts.at("components").get_to(bug.components);
  bug.impact = optional_of<int>(facts, "impact");
  bug.root_cause = optional_of<std::string>(facts, "root_cause");
  facts.at("ours").at("impact").get_to(bug.our_impact);
  facts.at("ours").at("why").get_to(bug.our_why);
  const Json& verified = facts.at("versions").at("verified");
  verified.at("present_on").get_to(bug.present_on);
  verified.at("absent_on").get_to(bug.absent_on);
  facts.at("fixing_commits").get_to(bug.fixing_commits);
  bug.seen = optional_of<std::string>(facts.at("summary"), "seen");
  bug.truth = optional_of<std::string>(facts.at("summary"), "true");
  facts.at("status").at("state").get_to(bug.state);
  bug.tried = optional_of<std::string>(facts.at("status"), "tried");
  take_run(facts.at("run"), bug);
  const auto& known = scenarios();
  if (std::find(known.begin(), known.end(), bug.scenario) == known.end())
    throw InputError("scenario: \"" + bug.scenario + "\" is none of the seven");
  return bug;
}

}  // namespace

bool Bug::has_programs() const {
  std::error_code ignored;
  return fs::is_regular_file(program(), ignored) && fs::is_regular_file(witness(), ignored);
}

std::string Bug::link() const {
  return "https://github.com/tensorflow/tensorflow/issues/" + std::to_string(issue);
}

Bug read_bug(const fs::path& folder) {
  const fs::path path = folder / "bug.json";
  std::ifstream file(path);
  if (!file) throw InputError(path.string() + ": cannot be read");
  try {
    Bug bug = bug_of(Json::parse(file));
    bug.folder = folder;
    return bug;
  } catch (const std::exception& error) {
    throw InputError(path.string() + ": " + error.what());
  }
}

std::vector<Bug> read_catalogue(const fs::path& folder) {
  std::vector<Bug> bugs;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (fs::exists(entry.path() / "bug.json")) bugs.push_back(read_bug(entry.path()));
  }
  if (bugs.empty()) throw InputError(folder.string() + ": holds no folder with a bug.json");
  std::sort(bugs.begin(), bugs.end(), [](const Bug& a, const Bug& b) { return a.id < b.id; });
  const auto twin = std::adjacent_find(bugs.begin(), bugs.end(),
                                       [](const Bug& a, const Bug& b) { return a.id == b.id; });
  if (twin != bugs.end())
    throw InputError(twin->folder.string() + ": another folder has id " + std::to_string(twin->id));
  return bugs;
}

const std::vector<std::string>& scenarios() {
  static const std::vector<std::string> all{"wrong-calculation",
                                            "wrong-parameter-setting",
                                            "wrong-displayed-message",
                                            "wrong-save-reload",
                                            "wrong-shape",
                                            "performance-degradation",
                                            "wrong-structure"};
  return all;
}

}  // namespace kerasan::catalogue
