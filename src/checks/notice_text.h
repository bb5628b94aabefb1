// Warnings of Keras and TensorFlow, read from what was written to stderr.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kerasan::checks {

struct Deprecation {
  std::string what;           // "to_float", "Model.state_updates"
  std::string place;          // "keras/engine/training.py", the code that is named; or empty
  bool of_framework = false;  // the code that is named, or that warns, is the framework's
  bool blames = false;        // the code that is named is said to use what is deprecated
};

// "WARNING:tensorflow:From FILE:LINE: NAME (from MODULE) is deprecated ..." names the code that
// uses NAME; "FILE:LINE: UserWarning: `NAME` will be removed ..." the code that warns.
std::optional<Deprecation> parse_deprecation(std::string_view text);

// The path below the package, where `file` belongs to the framework: "keras/engine/training.py".
std::optional<std::string> framework_path(std::string_view file);

// The whole parenthesised groups of a text, "(None, 3)": outermost ones, in order.
std::vector<std::string> parenthesised(std::string_view text);
// The n-th text between two backquotes or, of the kind given, quotes; empty if there is none.
std::string between_quotes(std::string_view text, std::size_t n = 0, char quote = '`');

}  // namespace kerasan::checks
