// Another program, run to its end: bounded in time, stoppable, its output in a file.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kerasan {

struct Child {
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;  // on top of ours
  std::filesystem::path folder;                    // where it works; empty: here
  std::filesystem::path out;                       // standard output
  std::filesystem::path err;                       // standard error; empty: where output goes
  double seconds = 600;                            // at most; then it and all it started is killed
};

struct ChildEnd {
  std::optional<int> exit;
  std::optional<int> signal;
  bool timed_out = false;
  bool stopped = false;
  double seconds = 0;
  // "exited with status 1", "was killed by signal 9", "took longer than 30 s", "was stopped".
  std::string words() const;
  bool good() const { return exit == 0; }
};

// Asks `stop` about every 10 ms. The child has a process group of its own: a Ctrl-C does not reach
// it, and what it leaves running is killed. Standard input is empty. Throws InputError naming the
// program when it cannot be started.
ChildEnd run_child(const Child& child, const std::function<bool()>& stop);

}  // namespace kerasan
