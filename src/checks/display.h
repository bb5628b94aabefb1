// What calls of Keras have shown of their progress, put together from the pieces that were written.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checks/progress_text.h"
#include "model/run.h"

namespace kerasan::checks {

// The lines from one "Epoch 3/7" to the next; of a call without such lines, all.
struct ShownEpoch {
  std::optional<EpochHeader> header;
  std::uint64_t lines = 0, unknown = 0;  // progress lines, and those without a total
  std::optional<ProgressLine> last;
  std::optional<ProgressLine> worst;  // the last line that counts beyond its total
};

struct Display {
  std::vector<ShownEpoch> epochs;
  bool whole = true;  // false: so many epochs that the first ones alone are held

  std::uint64_t lines() const;
  std::uint64_t unknown() const;
  std::optional<ProgressLine> worst() const;
};

// One for the rules of a session. Only text of the framework itself counts: what it writes while
// the program's innermost frame is the call, not a callback that uses a bar of Keras.
class Displays {
 public:
  // Of the call that the event at hand, a `return`, ends; null where it showed no progress.
  const Display* ended_by(const model::Event& event, const model::Run& run);
  // Of calls that did not end.
  std::map<std::pair<std::int64_t, std::int64_t>, Display> open(const model::Run& run);

 private:
  struct Open {
    LineScanner scanner;
    Display display;
  };
  static constexpr std::size_t kOpenKept = 100;
  static constexpr std::size_t kEpochsKept = 10000;
  void take(const model::Event& event, const model::Run& run);
  void take_text(const model::Event& event, const model::Run& run);
  static void take_line(std::string_view line, Display& display);

  std::uint64_t taken_ = 0;  // Run::events() of the event that the rest belongs to
  std::map<std::pair<std::int64_t, std::int64_t>, Open> open_;
  std::optional<Display> ended_;
};

// fit, evaluate and predict, also those of generators.
bool shows_progress(const std::string& api);
bool trains_epochs(const std::string& api);

}  // namespace kerasan::checks
