// Which elements a normalisation takes together, and where its weights lie.
#pragma once

#include <algorithm>

#include "reference/ops/config.h"
#include "reference/ops/shape.h"

namespace kerasan::reference {

// Shape of x with 1 everywhere but on `axes`.
inline Shape kept_axes(const Shape& shape, const Ints& axes) {
  Shape kept(shape.size(), 1);
  for (std::int64_t axis : axes) kept[axis] = shape[axis];
  return kept;
}

inline Ints axes_of(const LayerCall& call, std::int64_t otherwise) {
  Ints axes = get_ints(call.config, "axis").value_or(Ints{otherwise});
  for (std::int64_t& axis : axes) axis = normal_axis(axis, call.inputs[0].shape.size());
  std::sort(axes.begin(), axes.end());
  return axes;
}

// Statistics over `axis` for each place of the other axes; weights for each place along it.
struct AlongAxes {
  std::vector<std::size_t> group, index;  // of each element of x
  std::size_t groups = 0, size = 0;
  explicit AlongAxes(const LayerCall& call) {
    const Shape& shape = call.inputs[0].shape;
    const Ints axes = axes_of(call, -1);
    Shape others = shape;
    for (std::int64_t axis : axes) others[axis] = 1;
    const Shape kept = kept_axes(shape, axes);
    group = broadcast_index(others, shape);
    index = broadcast_index(kept, shape);
    groups = element_count(others);
    size = element_count(kept);
  }
};

}  // namespace kerasan::reference
