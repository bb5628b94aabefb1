// Operations along axes: sums, products, extremes, running sums and products, softmax.
#include <algorithm>
#include <cmath>

#include "reference/graph/operation.h"
#include "reference/ops/activation.h"
#include "reference/ops/shape.h"

namespace kerasan::reference::graph {
namespace {

using Group = std::vector<Known>;
using Fold = Known (*)(const Group&, Precision);

// Higham, section 4.2: any order of a sum of n terms errs by gamma_{n-1} times their magnitudes.
Known total(const Group& group, Precision p) {
  double sum = 0, sizes = 0, bounds = 0;
  for (const Known k : group) {
    sum += k.value;
    sizes += std::fabs(k.value) + k.bound;
    bounds += k.bound;
  }
  return {sum, bounds + gamma(double(group.size()), p.u) * sizes};
}

Known mean(const Group& group, Precision p) {
  require(p.u > 0, "a mean of integers");
  require(!group.empty(), "a mean of nothing");
  const Known sum = total(group, p);
  const auto n = double(group.size());
  return {sum.value / n, (sum.bound + 3 * p.u * (std::fabs(sum.value) + sum.bound)) / n + p.tiny};
}

Known product(const Group& group, Precision p) {
  Known y{1, 0};
  double large = 1, small = 1;
  for (const Known k : group) {
    const double size = std::fabs(k.value) + k.bound;
    y = {y.value * k.value, y.bound * size + std::fabs(y.value) * k.bound};
    large *= std::max(size, 1.0);
    small *= std::min(size, 1.0);
  }
  if (p.u == 0) return y;
  if (large > 1e30 || small < p.tiny * 1e4) {
    // Partial products may overflow or vanish; a factor of zero decides nevertheless.
    const bool zero = std::any_of(group.begin(), group.end(),
                                  [](Known k) { return k.value == 0 && k.bound == 0; });
    return zero && large <= 1e30 ? Known{0, 0} : Known::unknown();
  }
  const double rounding = gamma(double(group.size()) + 1, p.u);
  return {y.value, y.bound + rounding * (std::fabs(y.value) + y.bound) + p.tiny * large};
}

Known extreme(const Group& group, double sign) {
  require(!group.empty(), "an extreme of nothing");
  double value = -HUGE_VAL, high = -HUGE_VAL, low = -HUGE_VAL;
  for (const Known k : group) {
    if (std::isnan(k.value)) return Known::unknown();  // what NaN means here is not said
    value = std::max(value, sign * k.value);
    high = std::max(high, sign * k.value + k.bound);
    low = std::max(low, sign * k.value - k.bound);
  }
  return {sign * value, std::max(high - value, value - low)};
}

Known largest(const Group& group, Precision) { return extreme(group, 1); }
Known smallest(const Group& group, Precision) { return extreme(group, -1); }

template <bool kDecides>
Known logical(const Group& group, Precision) {
  bool open = false;
  for (const Known k : group) {
    if (k.bound == 0 && (k.value != 0) == kDecides) return {kDecides ? 1.0 : 0.0, 0};
    open = open || k.bound > 0;
  }
  return open ? Known::unknown() : Known{kDecides ? 0.0 : 1.0, 0};
}

Fold fold_of(const std::string& op) {
  if (op == "Sum") return total;
  if (op == "Mean") return mean;
  if (op == "Prod") return product;
  if (op == "Max") return largest;
  if (op == "Min") return smallest;
  return op == "All" ? logical<false> : logical<true>;
}

Known folded(const Group& group, Fold fold, Precision p) {
  if (fold == total || fold == mean) {
    for (const Known k : group)
      if (std::isnan(k.value) && k.bound == 0) return Known::nan();
  }
  if (fold != Fold{logical<true>} && fold != Fold{logical<false>}) {
    for (const Known k : group)
      if (!std::isfinite(k.bound) || std::isinf(k.value)) return Known::unknown();
  }
  if (fold == product)
    for (const Known k : group)
      if (std::isnan(k.value)) return Known::unknown();
  return fold(group, p);
}

std::vector<Value> reduce(const Call& call) {
  const Value& x = call.input(0);
  const auto rank = x.number.shape.size();
  std::vector<bool> reduced(rank, false);
  for (const std::int64_t axis : fixed(call.input(1)))
    reduced[std::size_t(normal_axis(axis, rank))] = true;
  Shape kept, open;
  for (std::size_t i = 0; i < rank; ++i) {
    open.push_back(reduced[i] ? 1 : x.number.shape[i]);
    if (!reduced[i] || call.flag("keep_dims")) kept.push_back(open.back());
  }
  const auto step = strides(open);
  std::vector<Group> groups(element_count(open));
  walk(x.number.shape, [&](std::size_t i, const std::vector<std::int64_t>& index) {
    std::size_t to = 0;
    for (std::size_t axis = 0; axis < rank; ++axis)
      if (!reduced[axis]) to += std::size_t(index[axis]) * step[axis];
    groups[to].push_back(at(x, i));
  });
  Value y = make(kept, x.dtype);
  const Fold fold = fold_of(call.node.op);
  for (std::size_t i = 0; i < groups.size(); ++i)
    set(y, i, folded(groups[i], fold, precision(x.dtype)));
  return {std::move(y)};
}

// Positions of each line along an axis, in order.
std::vector<std::vector<std::size_t>> lines(const Shape& shape, std::size_t axis) {
  std::vector<std::vector<std::size_t>> out;
  const auto step = strides(shape);
  Shape rest = shape;
  rest[axis] = shape[axis] > 0 ? 1 : 0;
  walk(rest, [&](std::size_t, const std::vector<std::int64_t>& index) {
    std::size_t start = 0;
    for (std::size_t i = 0; i < shape.size(); ++i) start += std::size_t(index[i]) * step[i];
    std::vector<std::size_t> line;
    for (std::int64_t k = 0; k < shape[axis]; ++k)
      line.push_back(start + std::size_t(k) * step[axis]);
    out.push_back(std::move(line));
  });
  return out;
}

std::vector<Value> cumulate(const Call& call) {
  const Value& x = call.input(0);
  require(!x.number.shape.empty(), "a scalar has no axis");
  const auto axis = std::size_t(normal_axis(fixed_one(call.input(1)), x.number.shape.size()));
  require(double(x.number.size()) * double(x.number.shape[axis]) <= 1e8, "a long running sum");
  const bool exclusive = call.flag("exclusive"), backwards = call.flag("reverse");
  const Fold fold = call.node.op == "Cumsum" ? total : product;
  Value y = make(x.number.shape, x.dtype);
  for (auto line : lines(x.number.shape, axis)) {
    if (backwards) std::reverse(line.begin(), line.end());
    Group before;
    for (const std::size_t i : line) {
      if (!exclusive) before.push_back(at(x, i));
      set(y, i, folded(before, fold, precision(x.dtype)));
      if (exclusive) before.push_back(at(x, i));
    }
  }
  return {std::move(y)};
}

// The position of the extreme, where no other may be as large.
std::vector<Value> arg_extreme(const Call& call) {
  const Value& x = call.input(0);
  const double sign = call.node.op == "ArgMax" ? 1 : -1;
  const auto axis = std::size_t(normal_axis(fixed_one(call.input(1)), x.number.shape.size()));
  Shape shape = x.number.shape;
  shape.erase(shape.begin() + std::ptrdiff_t(axis));
  const auto type = call.node.attributes.find("output_type");
  Value y =
      make(shape, type == call.node.attributes.end() ? DType::kInt64
                                                     : type->second.type.value_or(DType::kInt64));
  std::size_t to = 0;
  for (const auto& line : lines(x.number.shape, axis)) {
    require(!line.empty(), "an extreme of nothing");
    std::size_t best = 0;
    bool open = false;
    for (std::size_t k = 0; k < line.size(); ++k) {
      open = open || std::isnan(at(x, line[k]).value) || std::isinf(at(x, line[k]).bound);
      if (sign * at(x, line[k]).value > sign * at(x, line[best]).value) best = k;
    }
    const Known top = at(x, line[best]);
    for (std::size_t k = 0; k < line.size(); ++k)
      if (k != best) {
        const Known other = at(x, line[k]);
        open = open || sign * (top.value - other.value) <= top.bound + other.bound;
      }
    set(y, to++, open ? Known::unknown() : Known{double(best), 0});
  }
  return {std::move(y)};
}

std::vector<Value> normalize(const Call& call) {
  const Value& x = call.input(0);
  require(is_float(x.dtype) && !x.number.shape.empty(), "of no vector of fractions");
  for (std::size_t i = 0; i < x.number.size(); ++i)
    require(std::isfinite(x.number.value[i]) && std::isfinite(x.number.bound[i]),
            "values that are not finite");
  const Precision p = precision(x.dtype);
  const Bounded y =
      call.node.op == "Softmax" ? softmax(x.number, -1, p) : log_softmax(x.number, -1, p);
  return {{y, x.dtype}};
}

const OperationRegistrar reductions{{"Sum", "Mean", "Prod", "Max", "Min", "All", "Any"}, &reduce};
const OperationRegistrar running{{"Cumsum", "Cumprod"}, &cumulate};
const OperationRegistrar extremes{{"ArgMax", "ArgMin"}, &arg_extreme};
const OperationRegistrar normalized{{"Softmax", "LogSoftmax"}, &normalize};

}  // namespace
}  // namespace kerasan::reference::graph
