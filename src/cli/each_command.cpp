// kerasan each: command lines one after another, without a start of the program for each.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/command.h"
#include "cli/options.h"
#include "report/report.h"

namespace kerasan::cli {
namespace {

// Standard output is for the outcomes alone, and standard input for the command lines.
[[noreturn]] void carry_out(std::vector<std::string> arguments) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  const bool ready = nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 &&
                     ::dup2(STDERR_FILENO, STDOUT_FILENO) >= 0;
  const int status = ready ? main_with(std::move(arguments)) : report::kCannot;
  std::cout.flush();
  ::_exit(status);
}

// In a copy of this process: whatever becomes of one command line, the next starts afresh.
int outcome(std::vector<std::string> arguments) {
  const pid_t copy = ::fork();
  if (copy < 0) throw InputError("each: no process can be started");
  if (copy == 0) carry_out(std::move(arguments));
  int status = 0;
  while (::waitpid(copy, &status, 0) < 0) {
    if (errno != EINTR) throw InputError("each: a command line got lost");
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<std::string> parsed(const std::string& line) {
  try {
    return nlohmann::json::parse(line).get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
    throw InputError("each: not a JSON array of arguments: " + line.substr(0, 80));
  }
}

int each() {
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << outcome(parsed(line)) << std::endl;
  }
  return 0;
}

std::vector<std::pair<CLI::App*, Action>> add(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "each",
      "Carry out command lines from standard input, a JSON array of arguments a line;\n"
      "print the exit status of each.");
  return {{command, [] { return each(); }}};
}

const CommandRegistrar registrar{90, &add};

}  // namespace
}  // namespace kerasan::cli
