#include "checks/progress_text.h"

#include <charconv>

namespace kerasan::checks {
namespace {

// Without the ANSI colours of Keras 3: ESC [ digits m.
std::string plain(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\x1b') {
      const auto end = line.find('m', i);
      if (end == std::string_view::npos) break;
      i = end;
    } else {
      out.push_back(line[i]);
    }
  }
  return out;
}

std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

void skip_spaces(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
}

}  // namespace

std::optional<ProgressLine> parse_progress(std::string_view line) {
  const std::string clean = plain(line);
  std::string_view rest = clean;
  skip_spaces(rest);
  ProgressLine found;
  const auto current = take_number(rest);
  if (!current || !rest.starts_with('/')) return std::nullopt;
  found.current = *current;
  rest.remove_prefix(1);
  if (rest.starts_with("Unknown"))
    rest.remove_prefix(7);
  else if (rest.starts_with('?'))
    rest.remove_prefix(1);
  else if (found.total = take_number(rest); !found.total)
    return std::nullopt;
  if (!rest.starts_with(' ')) return std::nullopt;
  skip_spaces(rest);
  found.bar = rest.starts_with("[=") || rest.starts_with("[>") || rest.starts_with("[.") ||
              rest.starts_with("\u2501") || rest.starts_with("- ");
  if (!found.bar) return std::nullopt;
  return found;
}

void ProgressScanner::feed(std::string_view text,
                           const std::function<void(const ProgressLine&)>& found) {
  for (const char c : text) {
    if (c == '\r' || c == '\n' || c == '\b')
      flush(found);
    else if (line_.size() < kLongest)
      line_.push_back(c);
  }
}

void ProgressScanner::flush(const std::function<void(const ProgressLine&)>& found) {
  if (line_.empty()) return;
  if (const auto progress = parse_progress(line_)) found(*progress);
  line_.clear();
}

}  // namespace kerasan::checks
