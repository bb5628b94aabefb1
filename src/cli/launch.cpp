#include "cli/launch.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/error.h"

extern char** environ;

namespace kerasan::cli {
namespace {

namespace fs = std::filesystem;

bool is_probe(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "inject" / "sitecustomize.py", ignored);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::atomic<pid_t> child_to_stop{0};
std::atomic<bool> interrupted{false};
static_assert(std::atomic<pid_t>::is_always_lock_free);
constexpr int kStopSignals[] = {SIGINT, SIGTERM, SIGHUP};
struct sigaction previous[std::size(kStopSignals)];
struct sigaction previous_file_size;

void on_stop_signal(int signal, siginfo_t* info, void*) {
  const int saved = errno;
  const pid_t child = child_to_stop;
  const bool from_terminal = info != nullptr && info->si_code > 0;  // the child got it as well
  if (child > 0 && !from_terminal) kill(child, signal);
  if (child == 0) interrupted = true;
  errno = saved;
}

[[noreturn]] void become(const std::vector<std::string>& command,
                         const std::vector<std::string>& environment, int error_pipe) {
  std::vector<char*> env = pointers(environment);
  std::vector<char*> argv = pointers(command);
  environ = env.data();
  sigaction(SIGXFSZ, &previous_file_size, nullptr);  // what is ignored is inherited
  execvp(argv[0], argv.data());
  const int error = errno;
  (void)!write(error_pipe, &error, sizeof error);
  _exit(127);
}

}  // namespace

std::string find_probe() {
  if (const char* given = std::getenv("KERASAN_PROBE"); given != nullptr && *given != '\0') {
    if (!is_probe(given))
      throw InputError(std::string("KERASAN_PROBE=") + given + ": no probe there");
    return fs::absolute(given);
  }
  std::error_code ignored;
  const fs::path self = fs::read_symlink("/proc/self/exe", ignored);
  const fs::path source = fs::path(KERASAN_SOURCE_DIR) / "probe";
  const fs::path installed = self.parent_path() / ".." / "share" / "kerasan" / "probe";
  for (const fs::path& folder : {source, installed}) {
    if (is_probe(folder)) return fs::weakly_canonical(folder);
  }
  throw InputError("the probe is missing: neither in " + source.string() + " nor in " +
                   installed.lexically_normal().string() + "; KERASAN_PROBE names another place");
}

std::vector<std::string> command_for(const std::vector<std::string>& program,
                                     const std::string& python) {
  const std::string& name = program.front();
  std::vector<std::string> command = program;
  std::error_code ignored;
  if (fs::path(name).extension() == ".py") {
    if (!fs::exists(name, ignored)) throw InputError(name + ": no such file");
    if (access(name.c_str(), R_OK) != 0) throw InputError(name + ": " + std::strerror(errno));
    command.insert(command.begin(), python);
  } else if (name == "-m" || name == "-c") {
    command.insert(command.begin(), python);
  } else if (name.find('/') != std::string::npos && fs::is_directory(name, ignored)) {
    throw InputError(name + ": is a folder, not a program");
  }
  return command;
}

std::vector<std::string> environment_for(const RunOptions& options, const std::string& probe,
                                         const std::string& trace) {
  std::vector<std::string> all;
  std::string python_path = probe + "/inject:" + probe;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    if (name == "PYTHONPATH") {
      if (text.size() > name.size() + 1) python_path += ":" + text.substr(name.size() + 1);
    } else if (name != "KERASAN_TRACE" && name != "KERASAN_BUDGET" && name != "KERASAN_RERUN" &&
               name != "KERASAN_VERIFIES") {
      all.push_back(text);
    }
  }
  all.push_back("PYTHONPATH=" + python_path);
  all.push_back("KERASAN_TRACE=" + trace);
  all.push_back("KERASAN_BUDGET=" + number_text(options.budget));
  all.push_back(std::string("KERASAN_RERUN=") + (options.no_rerun ? "0" : "1"));
  return all;
}

SignalGuard::SignalGuard() {
  // A limit of file size makes a write fail; it must not end Kerasan before its report.
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGXFSZ, &ignore, &previous_file_size);
  interrupted = false;
  child_to_stop = -1;
  for (std::size_t i = 0; i < std::size(kStopSignals); ++i) {
    struct sigaction action = {};
    action.sa_sigaction = on_stop_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(kStopSignals[i], &action, &previous[i]);
    // Ignored by whoever started us (nohup, a background job): stays so, here and there.
    if (previous[i].sa_handler == SIG_IGN) sigaction(kStopSignals[i], &previous[i], nullptr);
  }
}

SignalGuard::~SignalGuard() {
  sigaction(SIGXFSZ, &previous_file_size, nullptr);
  for (std::size_t i = 0; i < std::size(kStopSignals); ++i) {
    sigaction(kStopSignals[i], &previous[i], nullptr);
  }
}

void forward_signals_to(pid_t child) { child_to_stop = child; }
bool analysis_interrupted() { return interrupted; }

pid_t start_program(const std::vector<std::string>& command,
                    const std::vector<std::string>& environment) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw InputError(std::string("pipe: ") + std::strerror(errno));
  const pid_t child = fork();
  if (child == 0) become(command, environment, ends[1]);
  const int fork_error = errno;
  close(ends[1]);
  int error = 0;
  ssize_t got = 0;
  if (child > 0) {
    forward_signals_to(child);
    do got = read(ends[0], &error, sizeof error);
    while (got < 0 && errno == EINTR);
  }
  close(ends[0]);
  if (child < 0)
    throw InputError("cannot start a process: " + std::string(std::strerror(fork_error)));
  if (got > 0) {
    wait_for(child);
    throw InputError(command.front() + ": cannot be started: " + std::strerror(error));
  }
  return child;
}

report::ProgramEnd wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  forward_signals_to(0);
  report::ProgramEnd end;
  if (WIFSIGNALED(status)) {
    end.signal = WTERMSIG(status);
  } else {
    end.exit = WEXITSTATUS(status);
  }
  return end;
}

}  // namespace kerasan::cli
