#include "model/fields.h"

#include "base/error.h"

namespace kerasan::model {
namespace {
[[noreturn]] void fail(const char* name, const char* problem) {
  throw InputError(std::string("event field \"") + name + "\" " + problem);
}
}  // namespace

const Json* find_field(const Json& body, const char* name) {
  if (!body.is_object()) throw InputError("an event must be a JSON object");
  const auto it = body.find(name);
  return it == body.end() || it->is_null() ? nullptr : &*it;
}

std::optional<std::int64_t> optional_integer(const Json& body, const char* name) {
  const Json* field = find_field(body, name);
  if (field == nullptr) return std::nullopt;
  if (!field->is_number_integer()) fail(name, "must be an integer");
  return field->get<std::int64_t>();
}

std::int64_t require_integer(const Json& body, const char* name) {
  const auto value = optional_integer(body, name);
  if (!value) fail(name, "is missing");
  return *value;
}

std::string require_string(const Json& body, const char* name) {
  const Json* field = find_field(body, name);
  if (field == nullptr) fail(name, "is missing");
  if (!field->is_string()) fail(name, "must be a string");
  return field->get<std::string>();
}

double number_or(const Json& body, const char* name, double fallback) {
  const Json* field = find_field(body, name);
  if (field == nullptr) return fallback;
  if (!field->is_number()) fail(name, "must be a number");
  return field->get<double>();
}

std::string string_or(const Json& body, const char* name, const std::string& fallback) {
  return find_field(body, name) == nullptr ? fallback : require_string(body, name);
}

}  // namespace kerasan::model
