#include "cli/bugs_run.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include "base/error.h"
#include "catalogue/lab.h"
#include "catalogue/place.h"
#include "catalogue/ray.h"
#include "cli/launch.h"
#include "report/report.h"

namespace kerasan::cli {
namespace {

namespace fs = std::filesystem;
using catalogue::Bug;
using catalogue::Row;
using catalogue::Scoreboard;

struct LabRun {
  std::vector<int> ids;
  unsigned jobs = 2;
  std::string engine = "local";
  std::string json;
  std::string markdown;
  bool fresh = false;
  bool write = false;
  bool check = false;
};

std::atomic<bool> stopping{false};

// The first Ctrl-C stops the lab in order, a second one at once.
class StopSignals {
 public:
  StopSignals() {
    struct sigaction action = {};
    action.sa_handler = [](int) { stopping = true; };
    action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
  }
};

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  if (!(file << text).flush()) throw InputError(path.string() + ": cannot be written");
}

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Those asked for, or all that have programs.
std::vector<Bug> chosen(const std::vector<Bug>& all, const std::vector<int>& ids) {
  std::vector<Bug> bugs;
  std::set<int> wanted(ids.begin(), ids.end());
  for (const Bug& bug : all) {
    const bool asked = wanted.erase(bug.id) > 0;
    if (asked && !bug.has_programs())
      throw InputError(bug.folder.string() + ": has no program.py and witness.py");
    if (asked || (ids.empty() && bug.has_programs())) bugs.push_back(bug);
  }
  if (!wanted.empty())
    throw InputError("no bug has id " + std::to_string(*wanted.begin()) +
                     "; kerasan bugs list shows them");
  return bugs;
}

catalogue::LabOptions lab_options(const LabRun& options, const fs::path& folder) {
  catalogue::LabOptions lab;
  // This very program to the end, even where a build replaces its file meanwhile.
  lab.kerasan = "/proc/" + std::to_string(getpid()) + "/exe";
  lab.probe = find_probe();
  lab.root = folder.parent_path();
  lab.environments = catalogue::environments_folder();
  lab.results = catalogue::results_folder();
  lab.jobs = options.jobs;
  lab.fresh = options.fresh;
  lab.stop = [] { return stopping.load(); };
  lab.say = [](const std::string& text) { std::cerr << text << std::endl; };
  return lab;
}

// Rows that are not as the kept scoreboard says.
int compare(const Scoreboard& board, const Scoreboard& kept) {
  int other = 0;
  for (const auto& [id, row] : board.rows) {
    const auto found = kept.rows.find(id);
    if (found != kept.rows.end() && found->second == row) continue;
    ++other;
    std::cerr << "kerasan: the scoreboard says otherwise of bug " << id << ":\n  now   "
              << to_json(row).dump() << "\n  kept  "
              << (found == kept.rows.end() ? "nothing" : to_json(found->second).dump()) << "\n";
  }
  return other == 0 ? report::kNoFinding : report::kFindings;
}

// Rows of bugs that were not run stay; those of bugs that are gone do not.
void keep(const Scoreboard& board, const std::vector<Bug>& all, const fs::path& folder) {
  const Scoreboard before = catalogue::read_scoreboard(folder / catalogue::kScoreboard);
  Scoreboard merged;
  for (const Bug& bug : all) {
    const auto now = board.rows.find(bug.id);
    const auto then = before.rows.find(bug.id);
    if (now != board.rows.end()) {
      merged.rows.insert(*now);
    } else if (then != before.rows.end()) {
      merged.rows.insert(*then);
    }
  }
  write_file(folder / catalogue::kScoreboard, to_json(merged, false).dump(1) + "\n");
  write_file(folder.parent_path() / catalogue::kPage, page(merged, all));
}

int finish(const LabRun& options, const Scoreboard& board, const std::vector<Bug>& all,
           const fs::path& folder) {
  if (!options.json.empty()) {
    const std::string text = to_json(board, true).dump(1) + "\n";
    options.json == "-" ? void(std::cout << text << std::flush) : write_file(options.json, text);
  }
  if (options.json != "-") print(std::cout, board, all);
  if (!options.markdown.empty()) write_file(options.markdown, page(board, all));
  if (options.write) keep(board, all, folder);
  return options.check ? compare(board, catalogue::read_scoreboard(folder / catalogue::kScoreboard))
                       : report::kNoFinding;
}

int run(const LabRun& options) {
  const fs::path folder = catalogue::find_catalogue();
  const std::vector<Bug> all = catalogue::read_catalogue(folder);
  const std::vector<Bug> bugs = chosen(all, options.ids);
  const StopSignals signals;
  catalogue::LabOptions lab = lab_options(options, folder);
  const bool spread = options.engine == "ray";
  if (spread) lab.kerasan = fs::canonical("/proc/self/exe");  // as a worker finds it
  const Scoreboard board =
      spread ? catalogue::run_with_ray(lab, bugs) : catalogue::Lab(lab).run(bugs);
  const int status = finish(options, board, all, folder);
  if (board.rows.size() == bugs.size()) return status;
  std::cerr << "kerasan: " << (stopping ? "stopped: " : "") << board.rows.size() << " of "
            << bugs.size() << " bugs are done; the same command goes on from here\n";
  return report::kCannot;
}

// Nothing is run: the page follows from the kept rows, and those are of the bugs as they are.
int check_page() {
  const fs::path folder = catalogue::find_catalogue();
  const std::vector<Bug> all = catalogue::read_catalogue(folder);
  const Scoreboard kept = catalogue::read_scoreboard(folder / catalogue::kScoreboard);
  int stale = 0;
  const auto tell = [&](const std::string& text) {
    ++stale;
    std::cerr << "kerasan: " << text << "\n";
  };
  for (const Bug& bug : all) {
    const auto row = kept.rows.find(bug.id);
    const bool known = row != kept.rows.end();
    if (known != bug.has_programs() || (known && row->second.digest != digest_of(bug)))
      tell("bug " + std::to_string(bug.id) + " has changed since the last run of the lab");
  }
  const fs::path page_path = folder.parent_path() / catalogue::kPage;
  if (content(page_path) != page(kept, all))
    tell(page_path.string() + " is not what the facts and the last run of the lab give");
  if (stale == 0) return report::kNoFinding;
  std::cerr << "kerasan: kerasan bugs run --write brings the scoreboard up to date\n";
  return report::kFindings;
}

}  // namespace

void add_bugs_run(CLI::App& bugs, std::vector<std::pair<CLI::App*, Action>>& actions) {
  const auto options = std::make_shared<LabRun>();
  CLI::App* run_app = bugs.add_subcommand(
      "run", "Run witness and program of each bug on a release with and on one without it.");
  run_app->add_option("ids", options->ids, "bugs; without any, all")->type_name("ID");
  run_app->add_option("--jobs,-j", options->jobs, "programs at a time")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""))
      ->capture_default_str();
  run_app->add_option("--engine", options->engine, "where: local, or ray (docs/design/lab.md)")
      ->check(CLI::IsMember({"local", "ray"}))
      ->capture_default_str();
  run_app->add_option("--json", options->json, "the scoreboard as JSON (\"-\": stdout)")
      ->type_name("FILE");
  run_app->add_option("--markdown", options->markdown, "as a page of what was run")
      ->type_name("FILE");
  run_app->add_flag("--fresh", options->fresh, "use nothing that was run before");
  run_app->add_flag("--write", options->write, "update the kept scoreboard and docs/catalogue.md");
  run_app->add_flag("--check", options->check, "fail where the kept scoreboard says otherwise");
  CLI::App* check_app =
      bugs.add_subcommand("check", "Fail where docs/catalogue.md is not up to date; runs nothing.");
  actions.emplace_back(run_app, [options] { return run(*options); });
  actions.emplace_back(check_app, [] { return check_page(); });
}

}  // namespace kerasan::cli
