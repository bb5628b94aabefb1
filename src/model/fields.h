// Fields of an event, checked: a wrong type is an InputError that names the field.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/run.h"

namespace kerasan::model {

// nullptr if absent or null.
const Json* find_field(const Json& body, const char* name);
std::int64_t require_integer(const Json& body, const char* name);
std::string require_string(const Json& body, const char* name);
std::optional<std::int64_t> optional_integer(const Json& body, const char* name);
double number_or(const Json& body, const char* name, double fallback);
std::string string_or(const Json& body, const char* name, const std::string& fallback);

}  // namespace kerasan::model
