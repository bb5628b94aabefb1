#include "formats/isolated.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/error.h"

namespace kerasan::formats {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{1} << 30;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// The library's last words belong in no report, and its crash in no core file.
void settle_child(unsigned cpu_seconds) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGINT, SIGALRM}) {
    std::signal(signal, SIG_DFL);
  }
  const rlimit cpu{cpu_seconds, cpu_seconds + 1};
  const rlimit core{0, 0};
  ::setrlimit(RLIMIT_CPU, &cpu);
  ::setrlimit(RLIMIT_CORE, &core);
  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  ::dup2(null.get(), STDOUT_FILENO);
  ::dup2(null.get(), STDERR_FILENO);
}

[[noreturn]] void run_child(const std::function<Json()>& work, int out, unsigned cpu_seconds) {
  settle_child(cpu_seconds);
  Json answer = Json::object();
  try {
    answer["answer"] = work();
  } catch (const std::exception& error) {
    answer = {{"error", error.what()}};
  }
  const std::vector<std::uint8_t> bytes = Json::to_cbor(answer);
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t wrote = ::write(out, bytes.data() + at, bytes.size() - at);
    if (wrote < 0) ::_exit(3);
    at += static_cast<std::size_t>(wrote);
  }
  ::_exit(0);
}

std::vector<std::uint8_t> read_all(int in) {
  std::vector<std::uint8_t> all;
  std::uint8_t part[1 << 16];
  while (all.size() < kMaxAnswer) {
    const ssize_t got = ::read(in, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return all;
    all.insert(all.end(), part, part + got);
  }
  return {};
}

std::string death(int status) {
  if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL)) {
    return "reading it took too long; it is corrupt or made to keep readers busy";
  }
  return "the library that reads it failed; it is corrupt";
}

}  // namespace

Json in_own_process(const std::function<Json()>& work, const std::string& what,
                    unsigned cpu_seconds) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw InputError(what + ": " + std::strerror(errno));
  Descriptor in(ends[0]), out(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) throw InputError(what + ": " + std::strerror(errno));
  if (child == 0) run_child(work, out.get(), cpu_seconds);
  out.close();
  const std::vector<std::uint8_t> bytes = read_all(in.get());
  in.close();  // a child that still writes ends by SIGPIPE
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) throw InputError(what + ": " + death(status));
  const Json answer = Json::from_cbor(bytes, true, false);
  if (!answer.is_object()) throw InputError(what + ": the library that reads it gave nonsense");
  if (answer.contains("error")) {
    throw InputError(what + ": " + answer["error"].get<std::string>());
  }
  return answer.value("answer", Json());
}

}  // namespace kerasan::formats
