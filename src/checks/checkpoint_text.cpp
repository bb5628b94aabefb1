#include "checks/checkpoint_text.h"

#include <charconv>
#include <cmath>

#include "checks/finding_text.h"

namespace kerasan::checks {
namespace {

// "0.29" -> 0.29 within half of its last digit; nullopt for "None".
std::optional<Announced> number_at(std::string_view text) {
  text = text.substr(0, text.find_first_of(" ,\n\r"));
  Announced out;
  if (text == "inf" || text == "-inf") {
    out.value = text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
    return out;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const auto dot = text.find('.');
  const auto exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) return std::nullopt;
  const auto digits = dot == std::string_view::npos ? 0 : text.size() - dot - 1;
  out.rounding = 0.5 * std::pow(10.0, -static_cast<double>(digits));
  return out;
}

// In the monitored number's own precision, which is at least float32.
bool shows(const Announced& shown, double value) {
  if (std::isinf(shown.value) || std::isinf(value)) return shown.value == value;
  return std::abs(shown.value - value) <= shown.rounding * 1.0001 + 0x1p-22 * std::abs(value);
}

}  // namespace

std::optional<CheckpointLine> parse_checkpoint(std::string_view text) {
  constexpr std::string_view kEpoch = "Epoch ", kImproved = " improved from ",
                             kNot = " did not improve from ", kTo = " to ";
  const auto start = text.find(kEpoch);
  const auto colon = text.find(": ", start == std::string_view::npos ? 0 : start);
  if (start == std::string_view::npos || colon == std::string_view::npos) return std::nullopt;
  CheckpointLine line;
  const std::string_view epoch = text.substr(start + kEpoch.size(), colon - start - kEpoch.size());
  const auto [end, error] = std::from_chars(epoch.data(), epoch.data() + epoch.size(), line.epoch);
  if (error != std::errc() || end != epoch.data() + epoch.size()) return std::nullopt;
  if (const auto at = text.find(kNot, colon); at != std::string_view::npos) {
    line.from = number_at(text.substr(at + kNot.size()));
    return line;
  }
  const auto at = text.find(kImproved, colon);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(at + kImproved.size());
  // EarlyStopping and others speak of an improvement too; this one saves.
  if (rest.find(", saving model to ") == std::string_view::npos) return std::nullopt;
  line.improved = true;
  line.from = number_at(rest);
  if (const auto to = rest.find(kTo); to != std::string_view::npos)
    line.to = number_at(rest.substr(to + kTo.size()));
  return line;
}

std::string CheckpointLine::lie(bool better, double value, double best) const {
  if (improved != better) return improved ? "an improvement" : "no improvement";
  if (to && !shows(*to, value)) return "an improvement to " + number_text(to->value);
  // "inf" and "None" both stand for no value yet.
  const bool nothing_yet = std::isinf(best) && (!from || std::isinf(from->value));
  if (from && !nothing_yet && !shows(*from, best))
    return (improved ? "an improvement from " : "no improvement from ") + number_text(from->value);
  return {};
}

}  // namespace kerasan::checks
