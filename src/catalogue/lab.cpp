#include "catalogue/lab.h"

#include <atomic>
#include <cstdio>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "base/error.h"
#include "base/work_folder.h"
#include "catalogue/steps.h"

namespace kerasan::catalogue {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uintmax_t kStoreBytes = 4ULL << 30;
constexpr int kFindings = 1;  // exit statuses of `kerasan run`, see docs/cli.md
constexpr int kCannot = 2;
constexpr int kProgramFailed = 3;

struct Stopped {};  // leaves the bug at hand unfinished

Child child_for(const Bug& bug, const WorkFolder& work) {
  Child child;
  child.environment = bug.environment;
  child.environment.emplace("TF_CPP_MIN_LOG_LEVEL", "3");
  child.environment.emplace("CUDA_VISIBLE_DEVICES", "");
  child.folder = work.path() / "here";
  fs::create_directory(child.folder);
  child.out = work.path() / "out";
  child.err = work.path() / "err";
  return child;
}

std::string last_line(const fs::path& path) {
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty()) last = line;
  }
  return last;
}

// What follows "witness: " where it is one of the three answers.
std::string answer_of(const std::string& line) {
  for (const char* answer : {"present", "absent", "cannot tell"}) {
    if (line == std::string("witness: ") + answer) return answer;
  }
  return {};
}

Json report_in(const fs::path& path) {
  std::ifstream file(path);
  Json report = file ? Json::parse(file, nullptr, false) : Json(nullptr);
  return report.is_discarded() ? Json(nullptr) : report;
}

// How a program that failed ended is in the report.
std::string trouble_of(const ChildEnd& end, const Json& report, const fs::path& err) {
  if (end.exit == kProgramFailed && report.is_object()) {
    ChildEnd program;
    const Json& told = report.at("program");
    if (told.at("exit").is_number()) program.exit = told["exit"].get<int>();
    if (told.at("signal").is_number()) program.signal = told["signal"].get<int>();
    return "the program " + program.words();
  }
  if (end.exit == kCannot) return last_line(err);
  if (end.good() || end.exit == kFindings) return {};
  return "kerasan run " + end.words();
}

void add_programs(const Bug& bug, Digest& digest) {
  digest.add_folder(bug.folder, "bug.json");
  for (const auto& [name, value] : bug.environment) digest.add(name).add(value);
  for (const std::string& argument : bug.arguments) digest.add(argument);
}

void join(std::string& all, const std::string& text) {
  if (!text.empty()) all += (all.empty() ? "" : "; ") + text;
}

}  // namespace

std::string digest_of(const Bug& bug) {
  Digest digest;
  add_programs(bug, digest);
  digest.add(bug.scenario).add(bug.state).add(std::to_string(bug.impact.value_or(0)));
  digest.add(bug.present.environment()).add(bug.absent ? bug.absent->environment() : "");
  return digest.add(std::to_string(bug.first_wrong_step.value_or(0))).text();
}

Lab::Lab(LabOptions options)
    : options_(std::move(options)),
      store_(options_.results),
      environments_(options_.root, options_.environments),
      probe_digest_(Digest().add_folder(options_.probe).text()),
      engine_digest_(Digest().add_file(options_.kerasan).text()) {}

std::string Lab::key(const Bug& bug, const Release& release, const char* what) const {
  Digest digest;
  digest.add(what).add(environments_.line(release.environment()));
  add_programs(bug, digest);
  return digest.text();
}

std::optional<Json> Lab::seen(const std::string& name) const {
  return options_.fresh ? std::nullopt : store_.get(name);
}

ChildEnd Lab::start(Child child) const {
  child.seconds = options_.limit;
  ChildEnd end = run_child(child, options_.stop);
  if (end.stopped) throw Stopped{};
  return end;
}

void Lab::run_witness(const Bug& bug, const Release& release, Side& side) {
  const std::string name = key(bug, release, "witness") + ".json";
  if (const auto kept = seen(name)) {
    side.witness = kept->at("witness");
    side.seconds += kept->at("seconds").get<double>();
    return;
  }
  const fs::path python = environments_.python(release.environment(), options_.stop, options_.say);
  const WorkFolder work(options_.results, "work");
  Child child = child_for(bug, work);
  child.command = {python.string(), bug.witness().string()};
  const ChildEnd end = start(child);
  side.witness = end.good() ? answer_of(last_line(child.out)) : "";
  side.seconds += end.seconds;
  if (!side.witness.empty()) {
    store_.put(name, {{"witness", side.witness}, {"seconds", end.seconds}});
  } else {
    const std::string why =
        end.good() ? "gave no answer" : end.words() + ", " + last_line(child.err);
    join(side.trouble, "witness on " + release.version + ": " + why);
  }
}

Lab::Watched Lab::watch(const Bug& bug, const Release& release, const std::string& name) {
  const fs::path python = environments_.python(release.environment(), options_.stop, options_.say);
  const WorkFolder work(options_.results, "work");
  const fs::path report = work.path() / "report.json";
  const fs::path trace = work.path() / "trace";
  Child child = child_for(bug, work);
  child.command = {options_.kerasan.string(),
                   "run",
                   "--quiet",
                   "--python",
                   python.string(),
                   "--json",
                   report,
                   "--record",
                   trace,
                   "--",
                   bug.program().string()};
  child.command.insert(child.command.end(), bug.arguments.begin(), bug.arguments.end());
  const ChildEnd end = start(child);
  Watched watched{{}, end.seconds, report_in(report)};
  watched.trouble = trouble_of(end, watched.report, child.err);
  if (watched.trouble.empty() && !watched.report.is_null()) {
    store_.adopt(name + ".trace", trace);
    store_.put(name + "-" + engine_digest_ + ".json", watched.report);
    store_.put(name + ".json", {{"seconds", end.seconds}});
  }
  return watched;
}

// A recorded program judged by another engine: `kerasan check` comes to the findings of `run`.
Json Lab::check(const std::string& name) {
  const WorkFolder work(options_.results, "work");
  const fs::path report = work.path() / "report.json";
  Child child;
  child.command = {options_.kerasan.string(),   "check", "--quiet", "--json", report,
                   store_.path(name + ".trace")};
  child.out = work.path() / "out";
  start(child);
  Json judged = report_in(report);
  if (!judged.is_null()) store_.put(name + "-" + engine_digest_ + ".json", judged);
  return judged;
}

void Lab::run_program(const Bug& bug, const Release& release, Side& side) {
  const std::string name = Digest().add(key(bug, release, "program")).add(probe_digest_).text();
  Watched watched;
  const auto kept = seen(name + ".json");
  if (kept && fs::exists(store_.path(name + ".trace"))) {
    watched.seconds = kept->at("seconds");
    const auto judged = store_.get(name + "-" + engine_digest_ + ".json");
    watched.report = judged ? *judged : check(name);
  } else {
    watched = watch(bug, release, name);
  }
  side.seconds += watched.seconds;
  if (!watched.trouble.empty()) join(side.trouble, release.version + ": " + watched.trouble);
  if (watched.report.is_null()) return;
  side.findings = findings_of(watched.report);
  if (bug.first_wrong_step) number_steps(store_.path(name + ".trace"), side.findings);
}

Side Lab::run_side(const Bug& bug, const Release& release) {
  Side side;
  try {
    run_witness(bug, release, side);
    run_program(bug, release, side);
  } catch (const std::exception& error) {
    if (options_.stop()) throw Stopped{};
    join(side.trouble, release.version + ": " + error.what());
  }
  return side;
}

Row Lab::run_bug(const Bug& bug) {
  const Side present = run_side(bug, bug.present);
  Side absent;
  if (bug.absent) absent = run_side(bug, *bug.absent);
  Row row = judge(bug, present, bug.absent ? &absent : nullptr);
  row.digest = digest_of(bug);
  return row;
}

Scoreboard Lab::run(const std::vector<Bug>& bugs) {
  Scoreboard board;
  std::mutex telling;
  std::atomic<std::size_t> next{0};
  const auto say = options_.say;
  options_.say = [&](const std::string& text) {
    const std::scoped_lock lock(telling);
    say(text);
  };
  const auto work = [&] {
    for (std::size_t i = next++; i < bugs.size() && !options_.stop(); i = next++) {
      try {
        Row row = run_bug(bugs[i]);
        const std::scoped_lock lock(telling);
        char text[80];
        std::snprintf(text, sizeof text, "[%zu/%zu] %d: %s, %.0f s", board.rows.size() + 1,
                      bugs.size(), row.id, verdict_words(row).c_str(), row.seconds);
        say(text);
        board.rows[row.id] = std::move(row);
      } catch (const Stopped&) {
        return;
      } catch (const std::exception& error) {
        options_.say(std::to_string(bugs[i].id) + ": " + error.what());
      }
    }
  };
  std::vector<std::jthread> pool;
  for (unsigned i = 1; i < options_.jobs; ++i) pool.emplace_back(work);
  work();
  pool.clear();  // waits for all
  options_.say = say;
  store_.prune(kStoreBytes);
  return board;
}

}  // namespace kerasan::catalogue
