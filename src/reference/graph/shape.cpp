// Operations that move elements or tell shapes.
#include "reference/ops/shape.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "reference/graph/operation.h"

namespace kerasan::reference::graph {
namespace {

std::vector<std::size_t> everything(const Value& x) {
  std::vector<std::size_t> all(x.number.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

Value with_shape(const Value& x, Shape shape) { return take(x, std::move(shape), everything(x)); }

std::vector<Value> identity(const Call& call) { return {call.input(0)}; }

std::vector<Value> nothing(const Call&) { return {}; }

std::vector<Value> constant(const Call& call) {
  const auto held = call.node.attributes.find("value");
  require(held != call.node.attributes.end() && held->second.tensor.has_value(),
          "a constant that is not one of numbers");
  return {{Bounded::exact(*held->second.tensor), held->second.tensor->dtype()}};
}

std::vector<Value> reshape(const Call& call) {
  const Value& x = call.input(0);
  Shape shape = fixed(call.input(1));
  std::int64_t known = 1;
  std::ptrdiff_t open = -1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    require(shape[i] >= -1, "a negative size");
    if (shape[i] == -1) {
      require(open < 0, "two open sizes");
      open = std::ptrdiff_t(i);
    } else {
      require(shape[i] <= std::int64_t(1) << 31 && known <= std::int64_t(1) << 31, "a large array");
      known *= shape[i];
    }
  }
  if (open >= 0) {
    require(known > 0 && std::int64_t(x.number.size()) % known == 0, "sizes differ");
    shape[std::size_t(open)] = std::int64_t(x.number.size()) / known;
  }
  return {with_shape(x, std::move(shape))};
}

std::vector<Value> expand(const Call& call) {
  Shape shape = call.input(0).number.shape;
  const std::int64_t axis = normal_axis(fixed_one(call.input(1)), shape.size() + 1);
  shape.insert(shape.begin() + axis, 1);
  return {with_shape(call.input(0), std::move(shape))};
}

std::vector<Value> squeeze(const Call& call) {
  const Shape& from = call.input(0).number.shape;
  std::vector<bool> gone(from.size(), false);
  const auto asked = call.integers("squeeze_dims");
  for (const std::int64_t axis : asked) gone[std::size_t(normal_axis(axis, from.size()))] = true;
  Shape shape;
  for (std::size_t i = 0; i < from.size(); ++i)
    if (!(asked.empty() ? from[i] == 1 : bool(gone[i]))) shape.push_back(from[i]);
  return {with_shape(call.input(0), std::move(shape))};
}

std::vector<Value> transpose(const Call& call) {
  const Value& x = call.input(0);
  std::vector<std::size_t> order;
  for (const std::int64_t axis : fixed(call.input(1)))
    order.push_back(std::size_t(normal_axis(axis, x.number.shape.size())));
  require(std::set<std::size_t>(order.begin(), order.end()).size() == x.number.shape.size() &&
              order.size() == x.number.shape.size(),
          "axes are missing");
  return {{permute(x.number, order), x.dtype}};
}

Value joined(const std::vector<Value>& parts, std::size_t axis) {
  Shape shape = parts.front().number.shape;
  shape[axis] = 0;
  for (const Value& part : parts) {
    require(part.number.shape.size() == shape.size(), "ranks differ");
    shape[axis] += part.number.shape[axis];
  }
  Value y = make(shape, parts.front().dtype);
  const auto step = strides(shape);
  std::int64_t before = 0;
  for (const Value& part : parts) {
    for (std::size_t i = 0; i < shape.size(); ++i)
      require(i == axis || part.number.shape[i] == shape[i], "sizes differ");
    walk(part.number.shape, [&](std::size_t at_part, const std::vector<std::int64_t>& index) {
      std::size_t to = std::size_t(before) * step[axis];
      for (std::size_t i = 0; i < shape.size(); ++i) to += std::size_t(index[i]) * step[i];
      y.number.value[to] = part.number.value[at_part];
      y.number.bound[to] = part.number.bound[at_part];
    });
    before += part.number.shape[axis];
  }
  return y;
}

std::vector<Value> concatenate(const Call& call) {
  require(call.inputs.size() >= 2, "nothing to join");
  const std::vector<Value> parts(call.inputs.begin(), call.inputs.end() - 1);
  require(!parts[0].number.shape.empty(), "scalars");
  return {joined(parts, std::size_t(normal_axis(fixed_one(call.inputs.back()),
                                                parts[0].number.shape.size())))};
}

std::vector<Value> stack(const Call& call) {
  require(!call.inputs.empty(), "nothing to stack");
  std::vector<Value> parts;
  std::size_t axis = 0;
  for (const Value& each : call.inputs) {
    Shape shape = each.number.shape;
    axis = std::size_t(normal_axis(call.integer("axis", 0), shape.size() + 1));
    shape.insert(shape.begin() + std::ptrdiff_t(axis), 1);
    parts.push_back(with_shape(each, std::move(shape)));
  }
  return {joined(parts, axis)};
}

// The part of x that begins at `begin`, in steps.
Value cut(const Value& x, const Shape& shape, const std::vector<std::int64_t>& begin,
          const std::vector<std::int64_t>& step) {
  const auto from = strides(x.number.shape);
  std::vector<std::size_t> index(make(shape, x.dtype).number.size());
  walk(shape, [&](std::size_t i, const std::vector<std::int64_t>& at_result) {
    std::int64_t position = 0;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
      position += (begin[axis] + at_result[axis] * step[axis]) * std::int64_t(from[axis]);
    index[i] = std::size_t(position);
  });
  return take(x, shape, index);
}

std::vector<Value> slice(const Call& call) {
  const Shape& from = call.input(0).number.shape;
  const auto begin = fixed(call.input(1));
  Shape size = fixed(call.input(2));
  require(begin.size() == from.size() && size.size() == from.size(), "bounds are missing");
  for (std::size_t i = 0; i < from.size(); ++i) {
    require(begin[i] >= 0, "a slice outside the array");
    if (size[i] == -1) size[i] = from[i] - begin[i];
    require(size[i] >= 0 && size[i] <= from[i] && begin[i] <= from[i] - size[i],
            "a slice outside the array");
  }
  return {cut(call.input(0), size, begin, std::vector<std::int64_t>(from.size(), 1))};
}

std::vector<Value> strided_slice(const Call& call) {
  const Value& x = call.input(0);
  const auto begin = fixed(call.input(1)), end = fixed(call.input(2)), step = fixed(call.input(3));
  const auto masked = [&](const char* mask, std::size_t i) {
    return (call.integer(mask, 0) >> i & 1) != 0;
  };
  require(begin.size() == end.size() && begin.size() == step.size() && begin.size() < 32,
          "bounds are missing");
  Shape sizes, shape;  // with every axis of x, and of the result
  std::vector<std::int64_t> first, by;
  std::size_t taken = 0;  // axes that a bound of their own takes
  for (std::size_t i = 0; i < begin.size(); ++i)
    taken += masked("ellipsis_mask", i) || masked("new_axis_mask", i) ? 0 : 1;
  require(taken <= x.number.shape.size(), "bounds of no axis");
  const auto keep = [&](std::size_t count) {
    for (; count > 0 && sizes.size() < x.number.shape.size(); --count) {
      shape.push_back(x.number.shape[sizes.size()]);
      sizes.push_back(shape.back());
      first.push_back(0);
      by.push_back(1);
    }
  };
  for (std::size_t i = 0; i < begin.size(); ++i) {
    if (masked("ellipsis_mask", i)) {
      keep(x.number.shape.size() - taken);
      continue;
    }
    if (masked("new_axis_mask", i)) {
      shape.push_back(1);
      continue;
    }
    require(sizes.size() < x.number.shape.size() && step[i] != 0, "bounds of no axis");
    const std::int64_t length = x.number.shape[sizes.size()];
    const auto clamped = [&](std::int64_t v) {
      if (v < 0) v += length;
      return step[i] > 0 ? std::clamp<std::int64_t>(v, 0, length)
                         : std::clamp<std::int64_t>(v, -1, length - 1);
    };
    std::int64_t low = masked("begin_mask", i) ? (step[i] > 0 ? 0 : length - 1) : clamped(begin[i]);
    std::int64_t count = 1;
    if (masked("shrink_axis_mask", i)) {
      low = begin[i] < 0 ? begin[i] + length : begin[i];
      require(low >= 0 && low < length, "an index outside the array");
    } else {
      const std::int64_t high =
          masked("end_mask", i) ? (step[i] > 0 ? length : -1) : clamped(end[i]);
      const std::int64_t span = step[i] > 0 ? high - low : low - high;
      count = span <= 0 ? 0 : (span - 1) / std::abs(step[i]) + 1;
      shape.push_back(count);
    }
    sizes.push_back(count);
    first.push_back(low);
    by.push_back(step[i]);
  }
  keep(x.number.shape.size());
  return {with_shape(cut(x, sizes, first, by), std::move(shape))};
}

std::vector<Value> tile(const Call& call) {
  const Value& x = call.input(0);
  const auto times = fixed(call.input(1));
  Shape shape = x.number.shape;
  require(times.size() == shape.size(), "counts are missing");
  for (std::size_t i = 0; i < shape.size(); ++i) {
    require(times[i] >= 0 && times[i] <= 1 << 22, "a large array");
    shape[i] *= times[i];
  }
  const auto step = strides(x.number.shape);
  std::vector<std::size_t> index(make(shape, x.dtype).number.size());
  walk(shape, [&](std::size_t i, const std::vector<std::int64_t>& at_result) {
    std::size_t from = 0;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
      from += std::size_t(at_result[axis] % x.number.shape[axis]) * step[axis];
    index[i] = from;
  });
  return {take(x, std::move(shape), index)};
}

Value filled(Shape shape, DType type, Known k) {
  Value y = make(std::move(shape), type);
  for (std::size_t i = 0; i < y.number.size(); ++i) {
    y.number.value[i] = k.value;
    y.number.bound[i] = k.bound;
  }
  return y;
}

std::vector<Value> fill(const Call& call) {
  require(call.input(1).number.size() == 1, "no scalar");
  return {filled(fixed(call.input(0)), call.input(1).dtype, at(call.input(1), 0))};
}

std::vector<Value> like(const Call& call) {
  const Value& x = call.input(0);
  return {filled(x.number.shape, x.dtype, {call.node.op == "OnesLike" ? 1.0 : 0.0, 0})};
}

std::vector<Value> broadcast(const Call& call) {
  const Shape shape = fixed(call.input(1));
  const Shape& from = call.input(0).number.shape;
  require(common_shape(from, shape) == shape, "shapes do not fit");
  (void)make(shape, call.input(0).dtype);
  return {take(call.input(0), shape, source_index(from, shape))};
}

DType index_type(const Call& call) {
  const auto held = call.node.attributes.find("out_type");
  return held == call.node.attributes.end() ? DType::kInt32
                                            : held->second.type.value_or(DType::kInt32);
}

std::vector<Value> shape_of(const Call& call) {
  const Shape& shape = call.input(0).number.shape;
  Value y = make({std::int64_t(shape.size())}, index_type(call));
  for (std::size_t i = 0; i < shape.size(); ++i) set(y, i, {double(shape[i]), 0});
  return {std::move(y)};
}

std::vector<Value> rank(const Call& call) {
  return {filled({}, DType::kInt32, {double(call.input(0).number.shape.size()), 0})};
}

std::vector<Value> size(const Call& call) {
  return {filled({}, index_type(call), {double(call.input(0).number.size()), 0})};
}

std::vector<Value> range(const Call& call) {
  const std::int64_t start = fixed_one(call.input(0)), limit = fixed_one(call.input(1)),
                     step = fixed_one(call.input(2));
  require(step != 0, "no step");
  const double count = std::max(0.0, std::ceil(double(limit - start) / double(step)));
  require(count <= double(1 << 22), "a large array");
  Value y = make({std::int64_t(count)}, call.input(0).dtype);
  for (std::size_t i = 0; i < y.number.size(); ++i)
    set(y, i, {double(start) + double(i) * double(step), 0});
  return {std::move(y)};
}

const OperationRegistrar same{
    {"Identity", "StopGradient", "PreventGradient", "Snapshot", "ReadVariableOp", "EnsureShape"},
    &identity};
const OperationRegistrar none{{"NoOp"}, &nothing};
const OperationRegistrar constants{{"Const"}, &constant};
const OperationRegistrar reshapes{{"Reshape"}, &reshape};
const OperationRegistrar expansions{{"ExpandDims"}, &expand};
const OperationRegistrar squeezes{{"Squeeze"}, &squeeze};
const OperationRegistrar transpositions{{"Transpose"}, &transpose};
const OperationRegistrar joins{{"ConcatV2"}, &concatenate};
const OperationRegistrar packs{{"Pack"}, &stack};
const OperationRegistrar slices{{"Slice"}, &slice};
const OperationRegistrar strided{{"StridedSlice"}, &strided_slice};
const OperationRegistrar tiles{{"Tile"}, &tile};
const OperationRegistrar fills{{"Fill"}, &fill};
const OperationRegistrar likes{{"ZerosLike", "OnesLike"}, &like};
const OperationRegistrar broadcasts{{"BroadcastTo"}, &broadcast};
const OperationRegistrar shapes{{"Shape"}, &shape_of};
const OperationRegistrar ranks{{"Rank"}, &rank};
const OperationRegistrar counts{{"Size"}, &size};
const OperationRegistrar ranges{{"Range"}, &range};

}  // namespace
}  // namespace kerasan::reference::graph
