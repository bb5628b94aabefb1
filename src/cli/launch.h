// Starts the user's program with the probe in its path and waits for it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "cli/options.h"
#include "report/report.h"

namespace kerasan::cli {

// The folder that holds kerasan_probe/ and inject/. Throws InputError if there is none.
std::string find_probe();

// The command that runs the program: a .py file, `-m MODULE` and `-c CODE` go to `python`,
// anything else is run as it is. Throws InputError when the file is missing or cannot be run.
std::vector<std::string> command_for(const std::vector<std::string>& program,
                                     const std::string& python);

// "NAME=VALUE" of the program: ours, changed where the probe needs it.
std::vector<std::string> environment_for(const RunOptions& options, const std::string& probe,
                                         const std::string& trace);

// While one lives, signals that ask to stop go to the child and never end Kerasan before its
// report is out. Ctrl-C on a terminal reaches the child by itself: same process group.
class SignalGuard {
 public:
  SignalGuard();
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
};
void forward_signals_to(pid_t child);  // 0: nobody; from then on a signal stops the analysis
bool analysis_interrupted();

// Throws InputError naming the program when it cannot be started.
pid_t start_program(const std::vector<std::string>& command,
                    const std::vector<std::string>& environment);
report::ProgramEnd wait_for(pid_t child);

}  // namespace kerasan::cli
