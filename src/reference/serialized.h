// An object as get_config() of its owner holds it, in any Keras generation.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace kerasan::reference {

struct Serialized {
  std::string class_name;
  nlohmann::json config;
  bool builtin = true;  // false where the object names a module outside of Keras
};

// {"class_name", "config", "module", ...} or {"$object", "config"}; nullopt for null. A text is the
// name of a class with the defaults of its arguments. Throws Unsupported for anything else.
std::optional<Serialized> read_serialized(const nlohmann::json& value);

}  // namespace kerasan::reference
