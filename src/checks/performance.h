// What a run took at each place of the program: figures that a later run is held against.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "checks/rule.h"

namespace kerasan::checks {

// At most kMost values, spread over all that were added.
class Sample {
 public:
  void add(double value);
  const std::vector<double>& values() const { return values_; }

 private:
  static constexpr std::size_t kMost = 64;
  std::vector<double> values_;
  std::uint64_t seen_ = 0, stride_ = 1;
};

class Performance {
 public:
  void take(const model::Event& event);
  // The fewest values on each side that the error rate of a comparison can come from.
  static constexpr std::size_t kFewest = 8;
  // {"machine": {"processor", "processors"}, "places": [{"api", "file", "line", "phase", "loops",
  // "steps", "seconds_per_step", "processor_seconds_per_step", "traces", "python_calls",
  // "bytes_per_call"}]}
  model::Json to_json() const;

 private:
  struct Loops {
    std::uint64_t loops = 0, steps = 0;
    Sample seconds, processor, python_calls;
    Sample block_seconds, block_processor;  // of blocks of steps inside the loops
  };
  struct Calls {
    std::uint64_t calls = 0;
    double traces = 0;
    std::vector<double> x, rss;
  };
  struct Place {
    std::string api, file;
    std::int64_t line = 0;
    Calls calls;
    std::map<std::string, Loops> loops;  // by phase
  };
  using CallKey = std::pair<std::int64_t, std::int64_t>;
  Place* place_of(const model::Event& event, const char* id);
  static void take_blocks(const model::Json& blocks, bool first, Loops& loops);
  void take_phase(const model::Event& event);
  void take_return(const model::Event& event);

  static constexpr double kBlock = 4;  // steps in a block that tells more than noise
  static constexpr std::size_t kPlaces = 200, kCalls = 1000, kSeries = 256;
  std::map<CallKey, std::string> open_;
  std::map<std::string, Place> places_;
  std::map<std::int64_t, double> traces_;  // made so far, by process
};

// A finding for each figure of `now` that is beyond that of `before`, both as above.
void compare_performance(const model::Json& before, const model::Json& now, Verdicts& verdicts);

}  // namespace kerasan::checks
