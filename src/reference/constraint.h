// What a constraint makes of a variable after an update, and the registry of constraints.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/bounded.h"
#include "reference/layer.h"

namespace kerasan::reference {

// Argument names in `config` are Keras's own.
struct ConstraintCall {
  std::string class_name;
  nlohmann::json config;  // get_config() of the constraint
  Bounded variable;       // as the update left it
  DType precision = DType::kFloat32;
};

struct ConstraintResult {
  Bounded value;
  // Where the documentation leaves open which of several values it becomes: each of them.
  std::vector<Bounded> forms;
  // How far the variable at hand certainly is from keeping the constraint, as a text such as "a
  // norm of 3.5 where 2 is the limit"; empty where it may have come out of the constraint.
  std::string broken;
  std::optional<NotChecked> not_checked;
};

using ConstraintFunction = ConstraintResult (*)(const ConstraintCall&);

// Used once, at namespace scope, in the file of the constraint.
struct ConstraintRegistrar {
  ConstraintRegistrar(std::string_view class_name, ConstraintFunction function);
};

// nullptr when the class is unknown.
ConstraintFunction find_constraint(std::string_view class_name);
std::vector<std::string> known_constraints();

}  // namespace kerasan::reference
