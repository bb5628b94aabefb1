// The arguments of a recorded call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/run.h"

namespace kerasan::checks {

// The value in effect, null where the call takes no such argument.
const model::Json& argument(const model::Call& call, const std::string& name);
// Whether the program passed it.
bool is_given(const model::Call& call, const std::string& name);
// nullopt for anything but a whole number; false and true are 0 and 1.
std::optional<std::int64_t> integer_argument(const model::Call& call, const std::string& name);
// The class in {"$object": "module.Class"}, without its module; empty for anything else.
std::string class_of(const model::Json& value);
// {"$dict": [[name, value], ...]} or an object of names, as the latter; empty for anything else.
model::Json named_values(const model::Json& value);
// "Model.fit|file:line": one place of the program, for Finding::identity.
std::string place_of(const model::Call& call);

}  // namespace kerasan::checks
