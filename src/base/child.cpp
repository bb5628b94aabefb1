#include "base/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "base/error.h"

extern char** environ;

namespace kerasan {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPoll = std::chrono::milliseconds(10);
constexpr auto kGrace = std::chrono::seconds(2);

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> merged(std::map<std::string, std::string> wanted) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos)
      wanted.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  std::vector<std::string> all;
  for (const auto& [name, value] : wanted) all.push_back(name + "=" + value);
  return all;
}

void check(int error, const std::string& what) {
  if (error != 0) throw InputError(what + ": cannot be started: " + std::strerror(error));
}

// The files and attributes of a start; posix_spawn reports what goes wrong in the child as well.
class Start {
 public:
  explicit Start(const Child& child) : name_(child.command.at(0)) {
    check(posix_spawn_file_actions_init(&files_), name_);
    check(posix_spawnattr_init(&attributes_), name_);
    constexpr int kWrite = O_WRONLY | O_CREAT | O_TRUNC;
    open(STDIN_FILENO, "/dev/null", O_RDONLY);
    open(STDOUT_FILENO, child.out, kWrite);
    if (child.err.empty()) {
      check(posix_spawn_file_actions_adddup2(&files_, STDOUT_FILENO, STDERR_FILENO), name_);
    } else {
      open(STDERR_FILENO, child.err, kWrite);
    }
    if (!child.folder.empty())
      check(posix_spawn_file_actions_addchdir_np(&files_, child.folder.c_str()), name_);
    sigset_t signals;
    sigemptyset(&signals);
    check(posix_spawnattr_setsigmask(&attributes_, &signals), name_);
    // A background shell has SIGINT ignored; a program must not inherit that.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&signals, signal);
    check(posix_spawnattr_setsigdefault(&attributes_, &signals), name_);
    check(posix_spawnattr_setflags(
              &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF),
          name_);
  }
  ~Start() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  Start(const Start&) = delete;
  Start& operator=(const Start&) = delete;

  pid_t spawn(const Child& child) {
    std::vector<std::string> command = child.command;
    std::vector<std::string> environment = merged(child.environment);
    pid_t pid = 0;
    check(posix_spawnp(&pid, name_.c_str(), &files_, &attributes_, pointers(command).data(),
                       pointers(environment).data()),
          name_);
    return pid;
  }

 private:
  void open(int fd, const std::filesystem::path& path, int flags) {
    check(posix_spawn_file_actions_addopen(&files_, fd, path.c_str(), flags, 0644), name_);
  }
  std::string name_;
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

void take_status(int status, ChildEnd& end) {
  if (WIFSIGNALED(status)) {
    end.signal = WTERMSIG(status);
  } else {
    end.exit = WEXITSTATUS(status);
  }
}

// Waits; a child that has to go is asked first and killed after a while.
void wait_for(pid_t pid, double seconds, const std::function<bool()>& stop, ChildEnd& end) {
  const auto limit =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  const auto began = Clock::now();
  std::optional<Clock::time_point> asked;
  for (int status = 0;;) {
    const pid_t got = waitpid(pid, &status, WNOHANG);
    const auto now = Clock::now();
    if (got == pid) {
      take_status(status, end);
    } else if (got < 0 && errno != EINTR) {
      throw InputError(std::string("waitpid: ") + std::strerror(errno));
    }
    end.seconds = std::chrono::duration<double>(now - began).count();
    if (got == pid) return;
    if (!asked && ((end.stopped = stop()) || (end.timed_out = now - began > limit))) {
      kill(-pid, SIGTERM);
      asked = now;
    }
    if (asked && now - *asked > kGrace) kill(-pid, SIGKILL);
    std::this_thread::sleep_for(kPoll);
  }
}

}  // namespace

std::string ChildEnd::words() const {
  if (stopped) return "was stopped";
  if (timed_out) return "did not end in time";
  if (signal) return "was killed by signal " + std::to_string(*signal);
  return "exited with status " + std::to_string(exit.value_or(-1));
}

ChildEnd run_child(const Child& child, const std::function<bool()>& stop) {
  ChildEnd end;
  const pid_t pid = Start(child).spawn(child);
  wait_for(pid, child.seconds, stop, end);
  kill(-pid, SIGKILL);  // what it left running
  return end;
}

}  // namespace kerasan
