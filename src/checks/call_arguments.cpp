#include "checks/call_arguments.h"

namespace kerasan::checks {

using model::Json;

const Json& argument(const model::Call& call, const std::string& name) {
  static const Json kNone;
  const auto it = call.args.find(name);
  if (it == call.args.end() || !it->is_object()) return kNone;
  const auto value = it->find("v");
  return value == it->end() ? kNone : *value;
}

bool is_given(const model::Call& call, const std::string& name) {
  const auto it = call.args.find(name);
  return it != call.args.end() && it->is_object() && it->value("given", Json()) == true;
}

std::optional<std::int64_t> integer_argument(const model::Call& call, const std::string& name) {
  const Json& value = argument(call, name);
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  return value.is_number_integer() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}

std::string class_of(const Json& value) {
  if (!value.is_object()) return {};
  const auto it = value.find("$object");
  if (it == value.end() || !it->is_string()) return {};
  const std::string name = *it;
  const auto dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

Json named_values(const Json& value) {
  if (!value.is_object() || !value.contains("$dict"))
    return value.is_object() ? value : Json::object();
  Json out = Json::object();
  for (const Json& pair : value["$dict"])
    if (pair.is_array() && pair.size() == 2 && pair[0].is_string())
      out[pair[0].get<std::string>()] = pair[1];
  return out;
}

std::string place_of(const model::Call& call) {
  return call.api + "|" + call.where.file + ":" + std::to_string(call.where.line);
}

}  // namespace kerasan::checks
