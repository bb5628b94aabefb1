#include "checks/progress_text.h"

#include <charconv>
#include <cmath>

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

// "3s 98ms/step - loss: ...": the time that is past, at once after a total that is unknown.
bool starts_with_seconds(std::string_view text) {
  const auto seconds = take_number(text);
  return seconds && text.starts_with("s ");
}

void trim(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
}

// Half a unit of the last digit shown: 0.2418 and 1.2345e-04 both keep four decimals.
double rounding_of(std::string_view number) {
  const auto exponent = number.find_first_of("eE");
  const auto mantissa = number.substr(0, exponent);
  const auto point = mantissa.find('.');
  const auto digits = point == std::string_view::npos ? 0 : mantissa.size() - point - 1;
  int power = 0;
  if (exponent != std::string_view::npos) {
    auto text = number.substr(exponent + 1);
    if (text.starts_with('+')) text.remove_prefix(1);
    std::from_chars(text.data(), text.data() + text.size(), power);
  }
  return 0.5 * std::pow(10.0, power - static_cast<double>(digits));
}

std::optional<ShownValue> parse_value(std::string_view field) {
  const auto colon = field.rfind(": ");
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  auto number = field.substr(colon + 2);
  trim(number);
  ShownValue shown;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), shown.value);
  if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  shown.name = field.substr(0, colon);
  shown.rounding = rounding_of(number);
  return shown;
}

void take_field(std::string_view field, ProgressLine& line) {
  trim(field);
  if (field.starts_with("ETA")) {
    line.estimate = true;
  } else if (const auto value = parse_value(field)) {
    line.values.push_back(*value);
  } else if (const auto slash = field.rfind('/'); slash != std::string_view::npos) {
    line.unit = field.substr(slash + 1);
  }
}

void take_fields(std::string_view rest, ProgressLine& line) {
  while (!rest.empty()) {
    const auto end = rest.find(" - ");
    take_field(rest.substr(0, end), line);
    if (end == std::string_view::npos) return;
    rest.remove_prefix(end + 3);
  }
}

}  // namespace

std::optional<ProgressLine> parse_progress(std::string_view line) {
  const std::string clean = plain(line);
  std::string_view rest = clean;
  trim(rest);
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
  trim(rest);
  found.bar = rest.starts_with("[=") || rest.starts_with("[>") || rest.starts_with("[.") ||
              rest.starts_with("\u2501") || rest.starts_with("- ") ||
              (!found.total && starts_with_seconds(rest));
  if (!found.bar) return std::nullopt;
  if (const auto frame = rest.find(']'); rest.starts_with('[')) {
    rest.remove_prefix(frame == std::string_view::npos ? rest.size() : frame + 1);
  } else if (rest.starts_with("\u2501")) {
    while (rest.starts_with("\u2501")) rest.remove_prefix(std::string_view("\u2501").size());
  }
  take_fields(rest, found);
  return found;
}

std::optional<EpochHeader> parse_epoch_header(std::string_view line) {
  if (!line.starts_with("Epoch ")) return std::nullopt;
  line.remove_prefix(6);
  const auto number = take_number(line);
  if (!number || !line.starts_with('/')) return std::nullopt;
  line.remove_prefix(1);
  const auto of = take_number(line);
  if (!of || !line.empty()) return std::nullopt;
  return EpochHeader{*number, *of};
}

void LineScanner::feed(std::string_view text, const Found& found) {
  for (const char c : text) {
    if (c == '\r' || c == '\n' || c == '\b')
      flush(found);
    else if (line_.size() < kLongest)
      line_.push_back(c);
  }
}

void LineScanner::flush(const Found& found) {
  if (line_.empty()) return;
  found(line_);
  line_.clear();
}

}  // namespace kerasan::checks
