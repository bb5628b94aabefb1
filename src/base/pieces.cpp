#include "base/pieces.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace kerasan {
namespace {

thread_local bool alone = false;
thread_local int level = 0;  // pieces of pieces that this thread is in

// The cores that this process may use.
std::size_t cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::size_t(CPU_COUNT(&set)) : 1;
}

// The caller takes pieces from the front, helpers from the back: what lies side by side stays in
// the cache of one core from one job to the next.
class Job {
 public:
  Job(std::size_t n, std::size_t piece, detail::Piece call, const void* work)
      : n_(n), piece_(piece), pieces_((n + piece - 1) / piece), call_(call), work_(work) {}

  void run(bool from_front) {
    const int before = std::exchange(level, level_ + 1);
    try {
      while (taken_.fetch_add(1) < pieces_) {
        const std::size_t at = from_front ? front_.fetch_add(1) : pieces_ - 1 - back_.fetch_add(1);
        call_(work_, at * piece_, std::min(n_, (at + 1) * piece_));
      }
    } catch (...) {
      taken_ = pieces_;  // what nobody has begun stays undone
      const std::lock_guard lock(error_mutex_);
      if (!error_) error_ = std::current_exception();
    }
    level = before;
  }
  bool is_open() const { return taken_ < pieces_; }
  int level_of() const { return level_; }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

  std::size_t helped = 0;  // threads at work on it beside its caller; under the lock of Helpers

 private:
  std::size_t n_, piece_, pieces_;
  detail::Piece call_;
  const void* work_;
  int level_ = level;
  std::atomic<std::size_t> taken_{0}, front_{0}, back_{0};
  std::mutex error_mutex_;
  std::exception_ptr error_;
};

// Threads that help whoever brings a job; so does one that waits for the last pieces of its own,
// with jobs further inside: those end before what they are a part of.
class Helpers {
 public:
  Helpers() {
    constexpr std::size_t kMost = 8;
    for (std::size_t k = 1; k < std::min(cores(), kMost); ++k)
      threads_.emplace_back([this] { help(); });
  }
  ~Helpers() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

  void run(Job& job) {
    if (threads_.empty()) return job.run(true);
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(&job);
    }
    changed_.notify_all();
    job.run(true);
    std::unique_lock lock(mutex_);
    std::erase(jobs_, &job);
    while (job.helped > 0)
      if (!help_one(job.level_of() + 1, lock)) changed_.wait(lock);
  }

 private:
  void help() {
    std::unique_lock lock(mutex_);
    while (!ended_)
      if (!help_one(0, lock)) changed_.wait(lock);
  }
  // Takes pieces of the outermost job that is at least so far inside and has some left.
  bool help_one(int least_level, std::unique_lock<std::mutex>& lock) {
    Job* found = nullptr;
    for (Job* job : jobs_)
      if (job->level_of() >= least_level && job->is_open() &&
          (found == nullptr || job->level_of() < found->level_of()))
        found = job;
    if (found == nullptr) return false;
    ++found->helped;
    lock.unlock();
    found->run(false);
    lock.lock();
    if (--found->helped == 0) changed_.notify_all();
    return true;
  }

  std::mutex mutex_;
  std::condition_variable changed_;  // a job came, or nobody helps one any more
  std::vector<Job*> jobs_;
  bool ended_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

void detail::share(std::size_t n, std::size_t piece, Piece call, const void* work) {
  Job job(n, piece, call, work);
  if (alone) {
    job.run(true);
  } else {
    static Helpers helpers;
    helpers.run(job);
  }
  job.rethrow();
}

void work_alone() { alone = true; }

}  // namespace kerasan
