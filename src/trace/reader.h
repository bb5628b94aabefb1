// Reads a trace, finished or still growing, and survives damage.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/tensor.h"
#include "trace/loss.h"

namespace kerasan::trace {

// One event as recorded; model/convert.h turns its body into a model::Event.
struct Record {
  std::uint32_t stream = 0;  // process id of the writer
  nlohmann::json body;
};

// Events come in the order of the file. Tensors stay in the file (or, for a pipe, in an
// unlinked temporary file) and are read when asked for.
//
//   auto reader = TraceReader::open(path);
//   reader.set_final();                     // a finished file
//   while (auto record = reader.next()) ...
class TraceReader {
 public:
  // "-" is standard input. Throws InputError if the path cannot be opened.
  static TraceReader open(const std::string& path);
  // Takes the descriptor over. A regular file is read in place, anything else spooled.
  static TraceReader from_fd(int fd, const std::string& name);

  // The next whole event. nullopt: a file has no further whole frame now (poll again, or
  // set_final() and drain it); a pipe is waited for, so nullopt is its end.
  // Throws InputError if the file is no Kerasan trace.
  std::optional<Record> next();
  // True when every byte has been dealt with and nothing more can come.
  bool at_end() const;
  // Nothing more will be appended: an incomplete last frame is now a truncation.
  void set_final();
  // nullopt if the trace holds no such tensor up to where it has been read.
  std::optional<Tensor> tensor(const std::string& digest);
  const Loss& loss() const;

  TraceReader(TraceReader&&) noexcept;
  TraceReader& operator=(TraceReader&&) noexcept;
  ~TraceReader();

 private:
  class Impl;
  explicit TraceReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kerasan::trace
