// The static shapes of operations on tensors, from the static shapes and numbers they are given.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/declared_shape.h"

namespace kerasan::reference {

// The arguments of one call by the names of the documentation: tensors by their shapes, lists of
// tensors in order, everything else as JSON.
struct OperationCall {
  std::string name;
  std::map<std::string, std::vector<std::optional<Dims>>> tensors;
  nlohmann::json arguments = nlohmann::json::object();
};

struct OperationShape {
  std::optional<Dims> output;  // a dimension that does not follow is open
  std::string reason;          // why nothing follows
};
// Never throws.
OperationShape operation_shape(const OperationCall& call);

}  // namespace kerasan::reference
