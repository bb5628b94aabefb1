// The progress lines that Keras prints, found in text that arrives in arbitrary pieces.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kerasan::checks {

// "32/1000 [>....] - ETA: 3s", "\x1b[1m32/32\x1b[0m ...━━━", "4/4 - 0s - loss: 0.3".
struct ProgressLine {
  std::int64_t current = 0;
  std::optional<std::int64_t> total;  // nullopt: shown as "Unknown" or "?"
  bool bar = false;                   // a bar follows, or the "- 0s" of verbose=2
};

// nullopt where the line is no progress line. `line` holds no \r, \n or \b.
std::optional<ProgressLine> parse_progress(std::string_view line);

// Cuts text at \r, \n and \b. A line longer than kLongest is cut there: an endless bar does not
// fill the memory.
class ProgressScanner {
 public:
  void feed(std::string_view text, const std::function<void(const ProgressLine&)>& found);
  void flush(const std::function<void(const ProgressLine&)>& found);

 private:
  static constexpr std::size_t kLongest = 400;
  std::string line_;
};

}  // namespace kerasan::checks
