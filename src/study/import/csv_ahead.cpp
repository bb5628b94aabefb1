#include "study/import/csv_ahead.h"

#include <utility>

namespace kerasan::study {
namespace {

constexpr std::size_t kRecords = 512;  // of a batch
constexpr std::size_t kBatches = 3;    // beside the one that is taken from

}  // namespace

CsvAhead::CsvAhead(std::istream& in, std::string name)
    : reader_(in, std::move(name)),
      free_(kBatches),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

// False: the table has ended.
bool CsvAhead::fill(Batch& batch) {
  while (batch.used < kRecords) {
    if (batch.used == batch.records.size()) batch.records.emplace_back();
    Record& record = batch.records[batch.used];
    if (!reader_.next(record.fields)) return false;
    record.row = reader_.row();
    ++batch.used;
  }
  return true;
}

void CsvAhead::work(const std::stop_token& stop) {
  for (bool more = true; more;) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return !free_.empty(); })) return;
    Batch batch = std::move(free_.front());
    free_.pop_front();
    lock.unlock();
    batch.used = 0;
    std::exception_ptr error;
    try {
      more = fill(batch);
    } catch (...) {
      error = std::current_exception();
      more = false;
    }
    lock.lock();
    read_.push_back(std::move(batch));
    ended_ = !more;
    error_ = error;
    changed_.notify_all();
  }
}

bool CsvAhead::next() {
  while (at_ + 1 >= current_.used) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !read_.empty() || ended_; });
    if (read_.empty()) {
      if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
      return false;
    }
    if (!current_.records.empty()) free_.push_back(std::move(current_));
    current_ = std::move(read_.front());
    read_.pop_front();
    changed_.notify_all();
    at_ = 0;
    if (current_.used > 0) return true;
  }
  ++at_;
  return true;
}

}  // namespace kerasan::study
