#include "catalogue/environments.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include "base/child.h"
#include "base/error.h"
#include "base/work_folder.h"
#include "catalogue/store.h"

namespace kerasan::catalogue {
namespace {

namespace fs = std::filesystem;
constexpr double kLimit = 1200;  // seconds, with all to be downloaded
constexpr std::size_t kTail = 600;

std::string first_word(const std::string& line) {
  std::istringstream words(line);
  std::string word;
  words >> word;
  return word;
}

std::string tail_of(const fs::path& path) {
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.size() > kTail ? "..." + text.substr(text.size() - kTail) : text;
}

}  // namespace

Environments::Environments(fs::path root, fs::path folder)
    : root_(std::move(root)), folder_(std::move(folder)) {
  const fs::path table = root_ / "tools" / "environments.txt";
  std::ifstream file(table);
  if (!file)
    throw InputError(table.string() + ": cannot be read; the lab needs a checkout of the sources");
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') lines_[first_word(line)] = line;
  }
}

const std::string& Environments::line(const std::string& name) const {
  const auto found = lines_.find(name);
  if (found != lines_.end()) return found->second;
  throw InputError("tools/environments.txt has no environment " + name);
}

bool Environments::ready(const std::string& name) const {
  std::ifstream file(folder_ / name / ".ok");
  std::string made_of;
  return std::getline(file, made_of) && made_of == line(name) &&
         fs::exists(folder_ / name / "bin" / "python");
}

void Environments::make(const std::string& name, const std::function<bool()>& stop) const {
  fs::create_directories(folder_);
  const WorkFolder work(folder_, "work");
  const fs::path log = work.path() / "log";
  Child child;
  child.command = {(root_ / "dev").string(), "env", name};
  child.environment["KERASAN_ENVS"] = folder_.string();
  child.out = log;
  child.seconds = kLimit;
  const ChildEnd end = run_child(child, stop);
  if (!end.good())
    throw InputError("environment " + name + ": ./dev env " + end.words() + ": " + tail_of(log));
}

fs::path Environments::python(const std::string& name, const std::function<bool()>& stop,
                              const std::function<void(const std::string&)>& say) {
  const std::scoped_lock lock(making_);
  if (!ready(name)) {
    if (const auto failed = failures_.find(name); failed != failures_.end())
      throw InputError(failed->second);
    say("making environment " + name + ": " + line(name).substr(name.size()));
    try {
      make(name, stop);
    } catch (const InputError& error) {
      failures_[name] = error.what();
      throw;
    }
  }
  return folder_ / name / "bin" / "python";
}

}  // namespace kerasan::catalogue
