// The progress lines that Keras prints, found in text that arrives in arbitrary pieces.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kerasan::checks {

// "loss: 0.2418": a number as it is shown, with the largest rounding error that its digits allow.
struct ShownValue {
  std::string name;
  double value = 0, rounding = 0;
};

// "32/1000 [>....] - ETA: 3s", "\x1b[1m32/32\x1b[0m ...━━━", "4/4 - 0s - loss: 0.3".
struct ProgressLine {
  std::int64_t current = 0;
  std::optional<std::int64_t> total;  // nullopt: shown as "Unknown" or "?"
  bool bar = false;                   // a bar follows, or the "- 0s" of verbose=2
  std::string unit;                   // "sample", "step" or "epoch" of "3ms/step"; empty: not told
  bool estimate = false;              // "ETA" is shown: not the last line of its loop
  std::vector<ShownValue> values;
};

// nullopt where the line is no progress line. `line` holds no \r, \n or \b.
std::optional<ProgressLine> parse_progress(std::string_view line);

// "Epoch 3/7".
struct EpochHeader {
  std::int64_t number = 0, of = 0;
};
std::optional<EpochHeader> parse_epoch_header(std::string_view line);

// Cuts text at \r, \n and \b. A line longer than kLongest is cut there: an endless bar does not
// fill the memory.
class LineScanner {
 public:
  using Found = std::function<void(std::string_view line)>;
  void feed(std::string_view text, const Found& found);
  void flush(const Found& found);

 private:
  static constexpr std::size_t kLongest = 2000;
  std::string line_;
};

}  // namespace kerasan::checks
