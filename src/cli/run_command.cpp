// kerasan run: the program in front, the judge behind it at the lowest priority.
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <thread>

#include "base/error.h"
#include "base/pieces.h"
#include "cli/baseline.h"
#include "cli/judge.h"
#include "cli/launch.h"
#include "cli/verify_saves.h"
#include "report/json.h"
#include "trace/frame.h"

namespace kerasan::cli {
namespace {

namespace fs = std::filesystem;

// The trace file: kept where --record says, otherwise gone at the end.
class TraceFile {
 public:
  explicit TraceFile(const std::string& record) {
    if (record.empty()) {
      std::string pattern = (fs::temp_directory_path() / "kerasan-XXXXXX").string();
      if (mkdtemp(pattern.data()) == nullptr) fail(pattern);
      folder_ = pattern;
    }
    path_ = record.empty() ? folder_ / "run.trace" : fs::absolute(record);
    const int fd = open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) fail(path_);
    close(fd);
  }
  ~TraceFile() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;
  std::string path() const { return path_; }

  // Only who waited for the program knows how it ended: the last event of a kept trace.
  void keep_end(pid_t program, const report::ProgramEnd& end) const {
    const int fd = folder_.empty() ? open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
    if (fd < 0) return;
    const auto or_null = [](const auto& v) { return v ? model::Json(*v) : model::Json(nullptr); };
    const model::Json event{{"kind", "exit"},
                            {"t", 0.0},
                            {"pid", program},
                            {"exit", or_null(end.exit)},
                            {"signal", or_null(end.signal)}};
    const std::string bytes =
        trace::frame(trace::kEventFrame, static_cast<std::uint32_t>(program), event.dump(), {});
    const off_t before = lseek(fd, 0, SEEK_END);
    const ssize_t written = before > 0 ? write(fd, bytes.data(), bytes.size()) : 0;
    // A full disk: `check` does without it.
    if (written > 0 && written != static_cast<ssize_t>(bytes.size())) (void)!ftruncate(fd, before);
    close(fd);
  }

 private:
  [[noreturn]] static void fail(const std::string& path) {
    throw InputError(path + ": cannot write the trace: " + std::strerror(errno));
  }
  fs::path folder_;
  fs::path path_;
};

// Takes only time that nobody else wants.
void lower_priority() {
  work_alone();
  const sched_param none = {};
  sched_setscheduler(0, SCHED_IDLE, &none);
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
}

// Coming back needs privilege: where it is refused, the thread ends its event slowly on a busy
// machine, and all that is left is judged by the thread that waits here.
void restore_priority(pid_t thread) {
  const sched_param none = {};
  if (thread == 0) return;
  sched_setscheduler(thread, SCHED_OTHER, &none);
  setpriority(PRIO_PROCESS, static_cast<id_t>(thread), getpriority(PRIO_PROCESS, 0));
}

bool disk_full(const std::string& path) {
  struct statvfs disk = {};
  constexpr unsigned long kLeast = 1UL << 20;  // the size of a large frame
  return statvfs(path.c_str(), &disk) == 0 && disk.f_bavail * disk.f_frsize < kLeast;
}

class LiveJudge {
 public:
  explicit LiveJudge(Judge& judge) : judge_(judge), thread_([this] { work(); }) {}
  ~LiveJudge() { stop(); }
  LiveJudge(const LiveJudge&) = delete;
  LiveJudge& operator=(const LiveJudge&) = delete;

  void stop() {
    ended_ = true;
    restore_priority(id_);
    if (thread_.joinable()) thread_.join();
  }
  // Stops; throws what the thread met.
  void join() {
    stop();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void work() {
    lower_priority();
    id_ = gettid();
    try {
      while (!ended_) {
        judge_.drain([this] { return ended_.load(); });
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    } catch (...) {
      error_ = std::current_exception();
    }
  }

  Judge& judge_;
  std::atomic<bool> ended_{false};
  std::atomic<pid_t> id_{0};
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace

int run_command(const RunOptions& options) {
  std::vector<report::Suppression> suppressions = load_suppressions(options.report);
  report::require_writable(options.report.json);
  const model::Json baseline = read_baseline(options);
  const std::string probe = find_probe();
  const std::vector<std::string> command = command_for(options.program, options.python);
  if (options.python_given && command.front() != options.python) {
    std::cerr << "kerasan: --python is not used: " << command.front() << " is run as it is\n";
  }
  const TraceFile trace(options.record);
  Judge judge(trace::TraceReader::open(trace.path()));

  const SignalGuard guard;
  const pid_t child = start_program(command, environment_for(options, probe, trace.path()));
  LiveJudge live(judge);
  const report::ProgramEnd end = wait_for(child);
  std::cout.flush();
  try {
    live.join();
    if (disk_full(trace.path()))
      judge.lost("the disk that holds the trace is full: " + trace.path());
    if (options.verify_saves && !analysis_interrupted() && fs::file_size(trace.path()) > 0)
      verify_saves(judge, options, probe, trace.path());
    // Empty when the probe never started; the report says so.
    if (fs::file_size(trace.path()) > 0) judge.finish(analysis_interrupted);
  } catch (const InputError& error) {
    // The program's own end is told even when its trace is of no use.
    if (end.failed()) std::cerr << "kerasan: " << report::program_words(end) << "\n";
    std::cerr << "kerasan: " << error.what() << "\n";
    return end.failed() ? report::kProgramFailed : report::kCannot;
  }
  if (!baseline.is_null()) judge.compare_with(baseline);
  report::Report report = judge.report(std::move(suppressions));
  report.performance["command"] = options.program;
  report.program = end;
  trace.keep_end(child, end);
  const int status = tell(report, options.report);
  if (!options.record.empty() && !options.report.quiet) {
    std::cerr << "trace kept in " << options.record << "\n";
  }
  return status;
}

}  // namespace kerasan::cli
