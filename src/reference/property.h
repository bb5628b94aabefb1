// What the output of a layer must keep where it cannot be recomputed: layers that draw random
// numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reference/layer.h"

namespace kerasan::reference {

// The chance that a healthy layer breaks a statistical property in one application.
inline constexpr double kFalseAlarm = 1e-9;

struct Broken {
  std::string message;  // "gives 0.7 of the elements as zero where rate is 0.1"
  double claimed = 0, recomputed = 0, bound = 0;
};

struct PropertyResult {
  std::optional<Broken> broken;  // the first that was met
  std::optional<NotChecked> not_checked;
};

using PropertyFunction = PropertyResult (*)(const LayerCall&);

// Used once, at namespace scope, in the file of the class.
struct PropertyRegistrar {
  PropertyRegistrar(std::string_view class_name, PropertyFunction function);
};

// nullptr where nothing is known of the class.
PropertyFunction find_property(std::string_view class_name);

}  // namespace kerasan::reference
