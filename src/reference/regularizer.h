// What a regularizer adds to the loss for one variable, and the registry of regularizers.
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
struct RegularizerCall {
  std::string class_name;
  nlohmann::json config;  // get_config() of the regularizer
  Bounded variable;
  DType precision = DType::kFloat32;
  Products products;
};

struct RegularizerResult {
  double value = 0, bound = 0;      // the penalty
  std::optional<Bounded> gradient;  // of the penalty, where it has one
  std::optional<NotChecked> not_checked;
};

using RegularizerFunction = RegularizerResult (*)(const RegularizerCall&);

// Used once, at namespace scope, in the file of the regularizer.
struct RegularizerRegistrar {
  RegularizerRegistrar(std::string_view class_name, RegularizerFunction function);
};

// nullptr when the class is unknown.
RegularizerFunction find_regularizer(std::string_view class_name);
std::vector<std::string> known_regularizers();

// The penalty of what get_config() of a layer holds under "kernel_regularizer" and the like, a
// serialized object; nullopt where it holds none. Never throws.
std::optional<RegularizerResult> penalty_of(const nlohmann::json& serialized,
                                            const Bounded& variable, DType precision,
                                            Products products = {});

}  // namespace kerasan::reference
