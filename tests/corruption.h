// A small trace and the ways to damage it; shared by the trace tests.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "trace/reader.h"
#include "trace/writer.h"

namespace kerasan::testing {

struct Sample {
  std::string bytes;
  std::vector<std::size_t> ends;       // of each frame
  std::vector<nlohmann::json> events;  // in order
};

inline Sample sample_trace() {
  Sample sample;
  std::ostringstream out;
  trace::TraceWriter writer(out);
  const std::vector<double> values{1.5, -2.25, 3, 4, 5, 6};
  for (int i = 0; i < 6; ++i) {
    const std::string digest = "d" + std::to_string(i);
    writer.tensor(7, digest, Tensor::from_doubles(DType::kFloat32, {2, 3}, values));
    sample.ends.push_back(out.str().size());
    sample.events.push_back(
        {{"kind", "step"}, {"t", i * 0.5}, {"pid", 7}, {"x", {{"$tensor", digest}}}});
    writer.event(7, sample.events.back());
    sample.ends.push_back(out.str().size());
  }
  sample.bytes = out.str();
  return sample;
}

// An unnamed file that holds `bytes`; the reader closes it.
inline int memory_file(std::string_view bytes) {
  const int fd = ::memfd_create("trace", MFD_CLOEXEC);
  if (fd < 0 || ::write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("memfd");
  return fd;
}

struct ReadOutcome {
  std::vector<nlohmann::json> events;
  trace::Loss loss;
  bool at_end = false;
};

// Reads to the end and asks for every tensor named on the way.
inline ReadOutcome read_all(std::string_view bytes) {
  auto reader = trace::TraceReader::from_fd(memory_file(bytes), "test");
  reader.set_final();
  ReadOutcome outcome;
  while (auto record = reader.next()) {
    if (const auto x = record->body.find("x"); x != record->body.end() && x->is_object())
      if (const auto digest = x->find("$tensor"); digest != x->end() && digest->is_string())
        (void)reader.tensor(digest->get<std::string>());
    outcome.events.push_back(std::move(record->body));
  }
  outcome.loss = reader.loss();
  outcome.at_end = reader.at_end();
  return outcome;
}

}  // namespace kerasan::testing
