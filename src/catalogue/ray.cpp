#include "catalogue/ray.h"

#include <fstream>

#include "base/child.h"
#include "base/error.h"
#include "base/work_folder.h"

namespace kerasan::catalogue {
namespace {

namespace fs = std::filesystem;
constexpr double kLimit = 24 * 3600.0;

std::string last_line(const fs::path& path) {
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);) last = line.empty() ? last : line;
  return last;
}

// One row of JSON a line; a last line without its end is of a run that was stopped.
Scoreboard rows_in(const fs::path& path) {
  Scoreboard board;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line) && !file.eof();) {
    try {
      Row row = row_from(nlohmann::json::parse(line));
      board.rows[row.id] = std::move(row);
    } catch (const nlohmann::json::exception& error) {
      throw InputError("tools/ray_engine.py: a row cannot be read: " + std::string(error.what()));
    }
  }
  return board;
}

}  // namespace

Scoreboard run_with_ray(const LabOptions& options, const std::vector<Bug>& bugs) {
  Environments environments(options.root, options.environments);
  const fs::path python = environments.python("ray", options.stop, options.say);
  const Store store(options.results);
  const WorkFolder work(options.results, "work");
  Child child;
  child.command = {python.string(), (options.root / "tools" / "ray_engine.py").string(),
                   options.kerasan.string(), std::to_string(options.jobs)};
  if (options.fresh) child.command.emplace_back("--fresh");
  for (const Bug& bug : bugs) child.command.push_back(std::to_string(bug.id));
  child.out = work.path() / "rows";
  child.err = work.path() / "err";
  child.seconds = kLimit;
  const ChildEnd end = run_child(child, options.stop);
  if (!end.good() && !end.stopped)
    throw InputError("tools/ray_engine.py " + end.words() + ": " + last_line(child.err));
  return rows_in(child.out);
}

}  // namespace kerasan::catalogue
