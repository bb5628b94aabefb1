// A table of comma-separated values, read some records ahead in a thread of its own, so that
// reading and what is done with the records share two cores.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "study/import/csv.h"

namespace kerasan::study {

class CsvAhead {
 public:
  // As CsvReader. `in` is read until this object ends.
  CsvAhead(std::istream& in, std::string name);

  // False at the end. Throws what CsvReader throws, after the records before it.
  bool next();
  // Of the record that next() came to, until it is called again.
  const std::vector<std::string>& fields() const { return current_.records[at_].fields; }
  long row() const { return current_.records[at_].row; }

 private:
  struct Record {
    std::vector<std::string> fields;
    long row = 0;
  };
  struct Batch {
    std::vector<Record> records;  // the first `used` of them; the others keep their memory
    std::size_t used = 0;
  };

  void work(const std::stop_token& stop);
  bool fill(Batch& batch);

  CsvReader reader_;
  Batch current_;
  std::size_t at_ = 0;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Batch> read_, free_;  // guarded by mutex_, as are the two below
  bool ended_ = false;
  std::exception_ptr error_;
  std::jthread thread_;  // the last member: it ends before the others do
};

}  // namespace kerasan::study
