#include "reference/ops/shape.h"

#include <algorithm>
#include <numeric>

#include "reference/ops/guard.h"

namespace kerasan::reference {
namespace {

Shape strides_of(const Shape& shape) {
  Shape strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

// Calls visit(index) for each multi-index of `shape` in row-major order.
template <class Visit>
void for_each_index(const Shape& shape, Visit visit) {
  Shape index(shape.size(), 0);
  for (std::size_t n = element_count(shape); n-- > 0;) {
    visit(index);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

}  // namespace

std::int64_t normal_axis(std::int64_t axis, std::size_t rank) {
  if (axis < 0) axis += std::int64_t(rank);
  require(axis >= 0 && axis < std::int64_t(rank), "axis out of range");
  return axis;
}

Bounded reshape(Bounded x, Shape shape) {
  require(element_count(shape) == x.size(), "sizes differ in a reshape");
  x.shape = std::move(shape);
  return x;
}

Bounded permute(const Bounded& x, const std::vector<std::size_t>& perm) {
  require(perm.size() == x.shape.size(), "permutation of another rank");
  Shape shape;
  for (std::size_t axis : perm) {
    require(axis < x.shape.size(), "permutation axis out of range");
    shape.push_back(x.shape[axis]);
  }
  require(element_count(shape) == x.size(), "not a permutation");
  Bounded y(shape);
  if (perm.empty() || y.size() == 0) return perm.empty() ? x : y;
  const Shape strides = strides_of(x.shape), outer(shape.begin(), shape.end() - 1);
  // A line of the result comes from elements that are all as far apart.
  const auto length = std::size_t(shape.back()), apart = std::size_t(strides[perm.back()]);
  std::size_t to = 0;
  for_each_index(outer, [&](const Shape& index) {
    std::int64_t from = 0;
    for (std::size_t i = 0; i < outer.size(); ++i) from += index[i] * strides[perm[i]];
    const double *value = x.value.data() + from, *bound = x.bound.data() + from;
    for (std::size_t k = 0; k < length; ++k, ++to) {
      y.value[to] = value[k * apart];
      y.bound[to] = bound[k * apart];
    }
  });
  return y;
}

Bounded to_channels_last(const Bounded& x) {
  require(x.shape.size() >= 2, "no channel axis");
  std::vector<std::size_t> perm(x.shape.size());
  std::iota(perm.begin(), perm.end(), std::size_t{0});
  std::rotate(perm.begin() + 1, perm.begin() + 2, perm.end());
  return permute(x, perm);
}

Bounded to_channels_first(const Bounded& x) {
  require(x.shape.size() >= 2, "no channel axis");
  std::vector<std::size_t> perm(x.shape.size());
  std::iota(perm.begin(), perm.end(), std::size_t{0});
  std::rotate(perm.begin() + 1, perm.end() - 1, perm.end());
  return permute(x, perm);
}

std::vector<std::size_t> broadcast_index(const Shape& from, const Shape& shape) {
  require(from.size() <= shape.size(), "ranks do not broadcast");
  const std::size_t shift = shape.size() - from.size();
  const Shape strides = strides_of(from);
  for (std::size_t i = 0; i < from.size(); ++i)
    require(from[i] == 1 || from[i] == shape[i + shift], "shapes do not broadcast");
  // From the last axis to the first: what is there so far, once for each index of the axis.
  std::vector<std::size_t> result(element_count(shape));
  if (result.empty()) return result;
  std::size_t block = 1;
  for (std::size_t axis = shape.size(); axis-- > 0; block *= std::size_t(shape[axis])) {
    const bool moves = axis >= shift && from[axis - shift] != 1;
    const std::size_t stride = moves ? std::size_t(strides[axis - shift]) : 0;
    for (std::size_t i = 1; i < std::size_t(shape[axis]); ++i)
      for (std::size_t k = 0; k < block; ++k) result[i * block + k] = result[k] + i * stride;
  }
  return result;
}

Shape broadcast_shape(const Shape& a, const Shape& b) {
  require(a.size() == b.size(), "inputs of different rank");
  Shape shape;
  for (std::size_t i = 0; i < a.size(); ++i) {
    require(a[i] == b[i] || a[i] == 1 || b[i] == 1, "shapes do not broadcast");
    shape.push_back(a[i] == 1 ? b[i] : a[i]);
  }
  return shape;
}

Bounded gather(const Bounded& x, const Shape& shape,
               const std::function<std::int64_t(std::size_t, std::int64_t)>& source) {
  require(shape.size() == x.shape.size(), "gather of another rank");
  require(double(element_count(shape)) <= kMaxElements, "too large to recompute");
  Bounded y(shape);
  const Shape strides = strides_of(x.shape);
  std::vector<std::vector<std::int64_t>> sources(shape.size());
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
    for (std::int64_t i = 0; i < shape[axis]; ++i) sources[axis].push_back(source(axis, i));
  std::size_t to = 0;
  for_each_index(shape, [&](const Shape& index) {
    std::int64_t from = 0;
    bool inside = true;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      const std::int64_t s = sources[axis][index[axis]];
      inside = inside && s >= 0 && s < x.shape[axis];
      from += s * strides[axis];
    }
    if (inside) {
      y.value[to] = x.value[from];
      y.bound[to] = x.bound[from];
    }
    ++to;
  });
  return y;
}

Bounded step_of(const Bounded& x, std::int64_t t) {
  require(x.shape.size() >= 2 && t >= 0 && t < x.shape[1], "no such time step");
  Shape shape = x.shape;
  shape.erase(shape.begin() + 1);
  Bounded y(shape);
  const std::size_t batch = std::size_t(x.shape[0]);
  const std::size_t block = batch == 0 ? 0 : y.size() / batch;
  for (std::size_t n = 0; n < batch; ++n) {
    const std::size_t from = (n * std::size_t(x.shape[1]) + std::size_t(t)) * block;
    std::copy_n(x.value.begin() + from, block, y.value.begin() + n * block);
    std::copy_n(x.bound.begin() + from, block, y.bound.begin() + n * block);
  }
  return y;
}

}  // namespace kerasan::reference
