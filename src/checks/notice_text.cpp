#include "checks/notice_text.h"

#include <algorithm>
#include <array>

namespace kerasan::checks {
namespace {

constexpr std::array kPackages{"tensorflow/", "tensorflow_core/", "keras/", "tf_keras/",
                               "tensorflow_estimator/"};

bool says_deprecated(std::string_view text) {
  return text.find("deprecated") != std::string_view::npos ||
         text.find("will be removed in a future") != std::string_view::npos;
}

// "FILE:LINE: rest" into FILE and rest.
std::optional<std::pair<std::string_view, std::string_view>> place_and_rest(std::string_view text) {
  const auto end = text.find(": ");
  if (end == std::string_view::npos) return std::nullopt;
  const auto place = text.substr(0, end);
  const auto colon = place.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == place.size()) return std::nullopt;
  if (!std::ranges::all_of(place.substr(colon + 1), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  return std::pair{place.substr(0, colon), text.substr(end + 2)};
}

std::optional<Deprecation> logged(std::string_view text) {
  const auto from = text.find("From ");
  if (from == std::string_view::npos || from > 100) return std::nullopt;
  const auto parts = place_and_rest(text.substr(from + 5));
  const auto line = parts ? parts->second.substr(0, parts->second.find('\n')) : "";
  const auto module = line.find(" (from ");
  if (!says_deprecated(line) || module == std::string_view::npos) return std::nullopt;
  Deprecation found;
  found.what = line.substr(0, module);
  if (found.what.starts_with("calling ")) {
    found.what.erase(0, 8);
    if (const auto with = line.find(" with "); with != std::string_view::npos) {
      auto argument = line.substr(with, line.find(" is deprecated") - with);
      found.what += argument;
    }
  }
  const auto path = framework_path(parts->first);
  found.of_framework = found.blames = path.has_value();
  found.place = path.value_or("");
  return found;
}

std::optional<Deprecation> warned(std::string_view text) {
  const auto parts = place_and_rest(text.substr(0, text.find('\n')));
  if (!parts) return std::nullopt;
  const auto path = framework_path(parts->first);
  const auto& message = parts->second;
  const auto kind = message.find("Warning: ");
  if (!path || kind == std::string_view::npos || kind > 30 || !says_deprecated(message))
    return std::nullopt;
  Deprecation found;
  found.what = between_quotes(message.substr(kind));
  found.place = *path;
  found.of_framework = !found.what.empty();
  return found.of_framework ? std::optional(found) : std::nullopt;
}

}  // namespace

std::optional<std::string> framework_path(std::string_view file) {
  for (const std::string_view packages : {"site-packages/", "dist-packages/"}) {
    const auto at = file.rfind(packages);
    if (at == std::string_view::npos) continue;
    const auto below = file.substr(at + packages.size());
    if (std::ranges::any_of(kPackages, [&](auto name) { return below.starts_with(name); }))
      return std::string(below);
  }
  return std::nullopt;
}

std::optional<Deprecation> parse_deprecation(std::string_view text) {
  if (!says_deprecated(text)) return std::nullopt;
  if (auto found = warned(text)) return found;
  return logged(text);
}

std::vector<std::string> parenthesised(std::string_view text) {
  std::vector<std::string> out;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(' && depth++ == 0) begin = i;
    if (text[i] == ')' && depth > 0 && --depth == 0)
      out.emplace_back(text.substr(begin, i - begin + 1));
  }
  return out;
}

std::string between_quotes(std::string_view text, std::size_t n, char quote) {
  std::size_t begin = 0;
  for (;; --n) {
    begin = text.find(quote, begin);
    if (begin == std::string_view::npos) return {};
    const auto end = text.find(quote, begin + 1);
    if (end == std::string_view::npos) return {};
    if (n == 0) return std::string(text.substr(begin + 1, end - begin - 1));
    begin = end + 1;
  }
}

}  // namespace kerasan::checks
