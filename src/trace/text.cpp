#include "trace/text.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <string_view>
#include <vector>

#include "base/base64.h"
#include "base/error.h"
#include "trace/scanner.h"

namespace kerasan::trace {
namespace {

constexpr std::string_view kFirstLine = R"({"kerasan":"trace","version":1})";

bool fits_on_a_line(const std::string& json) {
  if (json.find('\n') != std::string::npos || json.find('\r') != std::string::npos) return false;
  // The text around it must be found again on the way back.
  if (json.empty() || json.front() != '{' || json.back() != '}') return false;
  try {
    return parse_json(json).is_object();
  } catch (const InputError&) {
    return false;
  }
}

void write_line(Scanner& scanner, const FrameAt& at, std::ostream& out) {
  const std::string json = scanner.json(at);
  std::vector<std::byte> raw(at.raw_length());
  if (!scanner.source().read(at.raw_begin(), raw))
    throw InputError("the trace shrank while it was read");
  out << R"({"stream":)" << at.header.stream;
  if (at.header.flags == 0 && fits_on_a_line(json) && at.header.type == kEventFrame &&
      raw.empty()) {
    out << R"(,"event":)" << json;
  } else if (at.header.flags == 0 && fits_on_a_line(json) && at.header.type == kTensorFrame) {
    out << R"(,"tensor":)" << json << R"(,"data":")" << base64_encode(raw) << '"';
  } else {
    // Anything else is kept whole, header included.
    std::vector<std::byte> whole(at.end() - at.begin);
    if (!scanner.source().read(at.begin, whole))
      throw InputError("the trace shrank while it was read");
    out << R"(,"frame":")" << base64_encode(whole) << '"';
  }
  out << "}\n";
}

std::size_t skip_space(std::string_view s, std::size_t i) {
  while (i < s.size() && (s[i] == ' ' || s[i] == '\t' || s[i] == '\r')) ++i;
  return i;
}

// One past the end of the JSON value that starts at i, of text known to be valid JSON.
std::size_t value_end(std::string_view s, std::size_t i) {
  int depth = 0;
  bool in_string = false;
  for (; i < s.size(); ++i) {
    const char c = s[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
      continue;
    }
    if (c == '"')
      in_string = true;
    else if (c == '{' || c == '[')
      ++depth;
    else if (depth == 0 && (c == ',' || c == '}'))
      return i;
    else if (c == '}' || c == ']')
      --depth;
  }
  return s.size();
}

// The members of a JSON object as written, so that a frame's JSON survives byte for byte.
std::map<std::string, std::string_view> members(std::string_view line) {
  const auto parsed = parse_json(line);
  if (!parsed.is_object()) throw InputError("not a JSON object");
  std::map<std::string, std::string_view> found;
  std::size_t i = skip_space(line, line.find('{') + 1);
  while (i < line.size() && line[i] == '"') {
    std::size_t colon = i + 1;
    while (line[colon] != '"') colon += line[colon] == '\\' ? 2 : 1;
    const std::string_view key = line.substr(i + 1, colon - i - 1);
    i = skip_space(line, line.find(':', colon) + 1);
    const std::size_t end = value_end(line, i);
    std::string_view value = line.substr(i, end - i);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    if (!found.emplace(key, value).second) throw InputError("a member is given twice");
    i = end < line.size() && line[end] == ',' ? skip_space(line, end + 1) : line.size();
  }
  return found;
}

std::vector<std::byte> decode_member(std::string_view value) {
  if (value.size() < 2 || value.front() != '"') throw InputError("base64 must be a string");
  return base64_decode(value.substr(1, value.size() - 2));
}

std::string read_line(std::string_view line) {
  const auto found = members(line);
  const auto get = [&](const char* name) -> std::string_view {
    const auto it = found.find(name);
    if (it == found.end()) throw InputError(std::string("no member \"") + name + "\"");
    return it->second;
  };
  if (found.contains("frame")) {
    const auto whole = decode_member(get("frame"));
    return std::string(reinterpret_cast<const char*>(whole.data()), whole.size());
  }
  const auto stream = nlohmann::json::parse(get("stream"));
  if (!stream.is_number_unsigned() || stream.get<std::uint64_t>() > 0xFFFFFFFFU)
    throw InputError("\"stream\" must be a process id");
  const auto id = stream.get<std::uint32_t>();
  if (found.contains("tensor"))
    return frame(kTensorFrame, id, get("tensor"), decode_member(get("data")));
  return frame(kEventFrame, id, get("event"), {});
}

}  // namespace

Loss to_text(const std::string& trace_path, std::ostream& out) {
  const int fd = ::open(trace_path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw InputError(trace_path + ": " + std::strerror(errno));
  Scanner scanner(fd, trace_path);
  scanner.set_final();
  auto at = scanner.next();
  out << kFirstLine << '\n';
  for (; at; at = scanner.next()) write_line(scanner, *at, out);
  return scanner.loss();
}

void from_text(std::istream& in, std::ostream& out) {
  std::string line;
  if (!std::getline(in, line) || line != kFirstLine)
    throw InputError("line 1: a trace in text form starts with " + std::string(kFirstLine));
  out << file_header();
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    try {
      out << read_line(line);
    } catch (const InputError& error) {
      throw InputError("line " + std::to_string(number) + ": " + error.what());
    }
  }
}

}  // namespace kerasan::trace
