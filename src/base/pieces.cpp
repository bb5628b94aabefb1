#include "base/pieces.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace kerasan {
namespace {

thread_local bool alone = false;

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
    while (taken_.fetch_add(1) < pieces_) {
      const std::size_t at = from_front ? front_.fetch_add(1) : pieces_ - 1 - back_.fetch_add(1);
      call_(work_, at * piece_, std::min(n_, (at + 1) * piece_));
    }
  }
  // What nobody has begun stays undone.
  void cancel() { taken_ = pieces_; }

 private:
  std::size_t n_, piece_, pieces_;
  detail::Piece call_;
  const void* work_;
  std::atomic<std::size_t> taken_{0}, front_{0}, back_{0};
};

// Threads that wait for a job and help the one who brings it.
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
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

  // False where others are being helped: the caller does it alone.
  bool run(Job& job) {
    const std::unique_lock one_at_a_time(brought_, std::try_to_lock);
    if (!one_at_a_time || threads_.empty()) return false;
    {
      const std::lock_guard lock(mutex_);
      job_ = &job, ++number_, error_ = nullptr;
    }
    wake_.notify_all();
    attempt(job, true);
    std::unique_lock lock(mutex_);
    job_ = nullptr;
    done_.wait(lock, [this] { return busy_ == 0; });
    if (error_) std::rethrow_exception(error_);
    return true;
  }

 private:
  void attempt(Job& job, bool from_front) {
    try {
      job.run(from_front);
    } catch (...) {
      job.cancel();
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
    }
  }
  void help() {
    alone = true;
    std::size_t seen = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return ended_ || (job_ != nullptr && number_ != seen); });
      if (ended_) return;
      Job& job = *job_;
      seen = number_, ++busy_;
      lock.unlock();
      attempt(job, false);
      lock.lock();
      if (--busy_ == 0) done_.notify_one();
    }
  }

  std::mutex brought_, mutex_;
  std::condition_variable wake_, done_;
  Job* job_ = nullptr;
  std::size_t number_ = 0, busy_ = 0;
  bool ended_ = false;
  std::exception_ptr error_;
  std::vector<std::thread> threads_;
};

}  // namespace

void detail::share(std::size_t n, std::size_t piece, Piece call, const void* work) {
  Job job(n, piece, call, work);
  if (!alone) {
    static Helpers helpers;
    alone = true;  // for pieces inside of these
    const struct Restore {
      ~Restore() { alone = false; }
    } restore;
    if (helpers.run(job)) return;
  }
  job.run(true);
}

void work_alone() { alone = true; }

}  // namespace kerasan
