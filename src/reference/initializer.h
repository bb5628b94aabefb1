// What an initializer may have given, and the registry of initializers.
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
struct InitializerCall {
  std::string class_name;
  nlohmann::json config;  // get_config() of the initializer
  Bounded values;         // as observed
  DType dtype = DType::kFloat32;
};

// One way in which values depart from what is documented.
struct Departure {
  std::string quantity;  // "mean", "a value", "variance", ...
  double claimed = 0, expected = 0, bound = 0;
};

struct InitializerResult {
  std::optional<Departure> departure;
  std::optional<NotChecked> not_checked;
};

using InitializerFunction = InitializerResult (*)(const InitializerCall&);

// Used once for each name, at namespace scope, in the file of the initializer.
struct InitializerRegistrar {
  InitializerRegistrar(std::string_view class_name, InitializerFunction function);
};

// nullptr when the class is unknown.
InitializerFunction find_initializer(std::string_view class_name);
std::vector<std::string> known_initializers();

// A healthy initializer departs with no more than this probability for one variable.
inline constexpr double kFalseAlarm = 1e-9;

}  // namespace kerasan::reference
