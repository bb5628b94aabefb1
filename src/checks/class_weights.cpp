#include "checks/class_weights.h"

#include <cmath>

namespace kerasan::checks {

using model::Json;

std::map<std::int64_t, double> class_weights(const Json& value) {
  std::map<std::int64_t, double> out;
  if (!value.is_object() || !value.contains("$dict")) return out;
  for (const Json& pair : value["$dict"])
    if (pair.is_array() && pair.size() == 2 && pair[0].is_number_integer() && pair[1].is_number())
      out[pair[0].get<std::int64_t>()] = pair[1].get<double>();
  return out;
}

std::vector<std::int64_t> classes_of(const Tensor& y) {
  std::vector<std::int64_t> out;
  const auto values = y.to_doubles();
  const Shape& shape = y.shape();
  if (shape.empty() || shape.size() > 2 || shape[0] <= 0) return out;
  const auto rows = static_cast<std::size_t>(shape[0]);
  const std::size_t width = values.size() / rows;
  for (std::size_t row = 0; row < rows; ++row) {
    std::int64_t found = -1;
    for (std::size_t k = 0; k < width; ++k) {
      const double value = values[row * width + k];
      if (width == 1 && value >= 0 && value == std::floor(value) && value < 1e9)
        found = static_cast<std::int64_t>(value);
      else if (width > 1 && value == 1 && found < 0)
        found = static_cast<std::int64_t>(k);
      else if (width == 1 || value != 0)
        return {};
    }
    if (found < 0) return {};
    out.push_back(found);
  }
  return out;
}

}  // namespace kerasan::checks
