// JSON as the standard has it (RFC 8259), and what a file holds beside it as faults.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/model_file.h"

namespace kerasan::formats {

// `what` names the text in errors and faults: "model.h5: attribute model_config". The tokens NaN,
// Infinity and -Infinity become the strings "nan", "inf" and "-inf", and a fault; of a repeated key
// the last value counts, and a fault is noted. Throws InputError for anything else that is no JSON,
// for values nested more than kMaxJsonDepth deep, for a text of more than kMaxJsonText bytes, and
// for more values than any model needs.
Json parse_json(std::string_view text, const std::string& what, std::vector<Fault>& faults);

inline constexpr int kMaxJsonDepth = 400;
inline constexpr std::size_t kMaxJsonText = std::size_t{64} << 20;

}  // namespace kerasan::formats
