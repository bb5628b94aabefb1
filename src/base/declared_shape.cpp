#include "base/declared_shape.h"

#include <algorithm>

namespace kerasan {
namespace {

using Json = nlohmann::json;

bool is_dimension(const Json& value) { return value.is_null() || value.is_number_integer(); }

// The items of a list, tuple or TensorShape; nullptr for anything else.
const Json* items_of(const Json& value) {
  if (value.is_array()) return &value;
  if (!value.is_object() || value.size() != 1) return nullptr;
  for (const char* form : {"$tuple", "$shape"})
    if (const auto it = value.find(form); it != value.end() && it->is_array()) return &*it;
  return nullptr;
}

// (None, (2,)) is malformed: a dimension cannot be a sequence. Other mixtures (a whole shape
// beside None for a missing output, an object) are left alone.
DeclaredShapes::State mixture(const Json& items) {
  bool malformed = false;
  for (const Json& item : items) {
    if (is_dimension(item)) continue;
    const Json* inner = items_of(item);
    if (inner == nullptr || inner->size() != 1 || !is_dimension((*inner)[0]))
      return DeclaredShapes::State::kUnknown;
    malformed = true;
  }
  return malformed ? DeclaredShapes::State::kMalformed : DeclaredShapes::State::kKnown;
}

void append(const Json& value, DeclaredShapes& out) {
  const Json* items = items_of(value);
  if (items == nullptr) {
    out.state = DeclaredShapes::State::kUnknown;
    return;
  }
  const auto dimensions = std::count_if(items->begin(), items->end(), is_dimension);
  if (static_cast<std::size_t>(dimensions) == items->size()) {
    Dims dims;
    for (const Json& item : *items)
      dims.push_back(item.is_null() || item.get<std::int64_t>() < 0
                         ? std::nullopt
                         : std::optional(item.get<std::int64_t>()));
    out.shapes.push_back(std::move(dims));
    return;
  }
  if (dimensions > 0) {
    out.state = mixture(*items);
    return;
  }
  for (const Json& item : *items) {
    append(item, out);
    if (out.state != DeclaredShapes::State::kKnown) return;
  }
}

}  // namespace

DeclaredShapes parse_shapes(const Json& value) {
  DeclaredShapes out;
  append(value, out);
  return out;
}

bool compatible(const Dims& a, const Dims& b, std::size_t first) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = first; i < a.size(); ++i)
    if (a[i] && b[i] && *a[i] != *b[i]) return false;
  return true;
}

}  // namespace kerasan
