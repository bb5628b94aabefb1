// Small helpers on text that several importers share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kerasan::study {

// The offset of the first byte that is not UTF-8, or npos.
std::size_t invalid_utf8(std::string_view text);
std::string trimmed(std::string_view text);
// ASCII lower case; other characters stay.
std::string lowered(std::string_view text);
// Lower case, inner spaces single, ends trimmed: what two spellings of one label share.
std::string label_key(std::string_view text);
bool blank(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
// A whole decimal integer and nothing else.
std::optional<std::int64_t> integer(std::string_view text);
// One line, cut to `most` bytes at a character, for messages.
std::string shortened(std::string_view text, std::size_t most = 60);
// The file's bytes; InputError when it is not a readable file or larger than `most`.
std::string file_bytes(const std::string& path, std::size_t most);

}  // namespace kerasan::study
