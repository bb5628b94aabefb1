#include "checks/finding_text.h"

#include <cmath>
#include <cstdio>

namespace kerasan::checks {

using model::Json;

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.7g", value);
  return text;
}

Json number_or_text(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

Json index_of(const Shape& shape, std::size_t position) {
  Json index = Json::array();
  for (std::size_t axis = shape.size(); axis-- > 0; position /= std::size_t(shape[axis]))
    index.insert(index.begin(), position % std::size_t(shape[axis]));
  return index;
}

}  // namespace kerasan::checks
